#!/usr/bin/env bash
# Installs the Debian packages that a target needs, with apt when root or with
# sudo without a password; otherwise prints the exact line to run.
set -euo pipefail

run_packages=(fonts-nanum fonts-droid-fallback fonts-liberation fonts-dejavu-core fonts-noto-cjk)
test_packages=("${run_packages[@]}" gcc libc6-dev curl chromium mosquitto postgresql zbar-tools strace cups cups-client poppler-utils)

case "${1:-}" in
run) want=("${run_packages[@]}") ;;
test) want=("${test_packages[@]}") ;;
broker) want=(mosquitto) ;; # make run BROKER=mosquitto
*) echo "usage: tools/setup.sh run|test|broker" >&2; exit 2 ;;
esac

# the independent label renderer that the tests ask
if [ "$1" = test ] && ! cmp -s tools/zplrender/package-lock.json tools/zplrender/node_modules/.installed; then
	echo "installing: tools/zplrender"
	(cd tools/zplrender && npm ci --no-audit --no-fund --no-progress --loglevel=error >/dev/null && cp package-lock.json node_modules/.installed)
fi

missing=()
for p in "${want[@]}"; do
	dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ]; then
	sudo=()
elif sudo -n true 2>/dev/null; then
	sudo=(sudo)
else
	echo "These packages are missing. Run this line, then make again:" >&2
	echo "  sudo apt-get update && sudo apt-get install -y ${missing[*]}" >&2
	exit 1
fi
echo "installing: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
