#!/usr/bin/env bash
# Builds the last commit twice, each time in another folder and with nothing that was
# built before, and compares the two binaries byte for byte.
set -euo pipefail
cd "$(dirname "$0")/.."

commit=$(git rev-parse HEAD)
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
for build in one another/folder; do
	mkdir -p "$work/$build" "$work/$build.cache"
	git clone -q --no-checkout . "$work/$build"
	git -C "$work/$build" checkout -q --detach "$commit"
	GOCACHE="$work/$build.cache" make -s -C "$work/$build" build
done
sha256sum "$work/one/bin/dictumal" "$work/another/folder/bin/dictumal"
cmp "$work/one/bin/dictumal" "$work/another/folder/bin/dictumal"
echo "Both builds are the same, byte for byte."
