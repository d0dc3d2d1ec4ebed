#!/bin/sh
# Copies the fonts for labels from the system's packages into labels/raster/fonts,
# where the build embeds them. They are not part of the source.
#
# 10-korean: Hangul, Hanja, English, Kana.  20-japanese: all that Japanese is written with,
# in one weight.  30-latin: accented Latin, Greek, Cyrillic.  40-symbols: what else a name
# may hold.  45-han: other ideographs.  50-kanji: those of names that none of these has
# (such as U+20BB7).
# 20-japanese and 50-kanji are cut out of a bold font of 20 MB by tools/fontcut: 2.4 and
# 0.9 MB. Without that font another one does for Japanese.
# The first file found of each is taken. A missing one is told and is no failure: the
# build works without, and fonts can be named by path in the configuration.
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
take 30-latin fonts-liberation \
	truetype/liberation/LiberationSans-Bold.ttf truetype/liberation2/LiberationSans-Bold.ttf
take 40-symbols fonts-dejavu-core \
	truetype/dejavu/DejaVuSans-Bold.ttf truetype/dejavu/DejaVuSans.ttf

large="$share/opentype/noto/NotoSansCJK-Bold.ttc"

cut() { # name, how, fonts that are asked before it...
	name="$1" how="$2" target="$dest/$1.ttf" stale=
	shift 2
	for file in "$large" "$@" "$root"/tools/fontcut/*.go; do
		[ "$target" -nt "$file" ] || stale=yes
	done
	if [ "$stale" ]; then
		(cd "$root" && "${GO:-go}" run ./tools/fontcut $how --from "$large" --to "$target" "$@")
		touch "$target"
	fi
	echo "fonts: $name cut from ${large#"$share/"}"
}

if [ -r "$large" ]; then
	cut 20-japanese --japanese
	take 45-han fonts-droid-fallback truetype/droid/DroidSansFallbackFull.ttf
	set -- "$dest"/[1-4][05]-*
	cut 50-kanji "" "$@"
else
	take 20-japanese fonts-noto-cjk \
		truetype/vlgothic/VL-Gothic-Regular.ttf opentype/ipaexfont-gothic/ipaexg.ttf \
		truetype/takao-gothic/TakaoGothic.ttf truetype/droid/DroidSansFallbackFull.ttf
	echo "fonts: 50-kanji is missing; install it with: apt-get install fonts-noto-cjk" >&2
fi
