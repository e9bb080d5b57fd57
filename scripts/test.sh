#!/usr/bin/env bash
# Sets up what the tests need on this host and runs all of them. Without root,
# those that need a real machine are skipped, each with a line that says so.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "$(id -u)" = 0 ]; then
	bin/dictumal setup --tests
	bin/dictumal image build
	bin/dictumal image build --plain
fi
go run gotest.tools/gotestsum@v1.13.0 --format pkgname-and-test-fails --hide-summary output -- \
	-race -shuffle=on -timeout 15m -p 2 ./...
