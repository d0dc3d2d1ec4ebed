#!/bin/sh
# Copies the fonts for labels from the system's packages into labels/raster/fonts,
# where the build embeds them. They are not part of the source.
#
# 10-korean: Hangul, Hanja, English, Kana.  20-japanese: the Kanji that it lacks.
# 30-latin: accented Latin, Greek, Cyrillic.  40-symbols: what else a name may hold.
# 50-kanji: the ideographs of names that none of these has (such as U+20BB7), cut out of
# a font of 20 MB by tools/fontcut: about 1 MB.
# The first file found of each is taken. A missing one is told and is no failure: the
# build works without, and fonts can be named by path in the configuration. The last
# candidate for Japanese is large (20 MB in the binary); the others have about 4 MB.
set -eu
root="$(cd "$(dirname "$0")/.." && pwd)"
dest="$root/labels/raster/fonts"
share="${FONTS_DIR:-/usr/share/fonts}"

take() { # name, package to install, candidates...
	name="$1" package="$2"
	shift 2
	for file in "$@"; do
		if [ -r "$share/$file" ]; then
			target="$dest/$name.${file##*.}"
			cmp -s "$share/$file" "$target" || cp "$share/$file" "$target"
			echo "fonts: $name from $file"
			return
		fi
	done
	echo "fonts: $name is missing; install it with: apt-get install $package" >&2
}

take 10-korean fonts-nanum \
	truetype/nanum/NanumGothicBold.ttf truetype/nanum/NanumGothic.ttf
take 20-japanese fonts-droid-fallback \
	truetype/vlgothic/VL-Gothic-Regular.ttf opentype/ipaexfont-gothic/ipaexg.ttf \
	truetype/takao-gothic/TakaoGothic.ttf truetype/droid/DroidSansFallbackFull.ttf \
	opentype/noto/NotoSansCJK-Bold.ttc
take 30-latin fonts-liberation \
	truetype/liberation/LiberationSans-Bold.ttf truetype/liberation2/LiberationSans-Bold.ttf
take 40-symbols fonts-dejavu-core \
	truetype/dejavu/DejaVuSans-Bold.ttf truetype/dejavu/DejaVuSans.ttf

cut() { # name, package to install, font to cut from
	target="$dest/$1.ttf" from="$share/$3" name="$1" stale=
	if [ ! -r "$from" ]; then
		echo "fonts: $name is missing; install it with: apt-get install $2" >&2
		return
	fi
	set -- "$dest"/[1-4]0-*
	[ -r "$1" ] || set --
	for file in "$from" "$@" "$root"/tools/fontcut/*.go; do
		[ "$target" -nt "$file" ] || stale=yes
	done
	if [ "$stale" ]; then
		(cd "$root" && "${GO:-go}" run ./tools/fontcut --from "$from" --to "$target" "$@")
		touch "$target"
	fi
	echo "fonts: $name cut from ${from#"$share/"}"
}

cut 50-kanji fonts-noto-cjk opentype/noto/NotoSansCJK-Bold.ttc
