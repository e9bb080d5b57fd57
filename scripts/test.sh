#!/usr/bin/env bash
# Sets up what the tests need on this host and runs all of them. Without root,
# those that need a real machine are skipped, each with a line that says so.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "$(id -u)" = 0 ]; then
	missing=()
	while read -r program package; do
		command -v "$program" >/dev/null || missing+=("$package")
	done <<-'PROGRAMS'
		chromium chromium
		ssh openssh-client
		/usr/sbin/sshd openssh-server
		Xtigervnc tigervnc-standalone-server
		ip iproute2
		openssl openssl
		xmlstarlet xmlstarlet
	PROGRAMS
	compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql)
	if [ ${#missing[@]} != 0 ]; then
		apt-get update -q
		DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
	fi
	if ! command -v promtool >/dev/null; then # the package would start a server that nobody asked for
		unpacked=$(mktemp -d)
		chmod 755 "$unpacked" # for apt, which is somebody else then
		apt-get update -q
		(cd "$unpacked" && apt-get download -q prometheus && dpkg-deb -x prometheus_*.deb .)
		install -m 0755 "$unpacked/usr/bin/promtool" /usr/local/bin/
		rm -r "$unpacked"
	fi
	bin/dictumal setup
	bin/dictumal image build
	bin/dictumal image build --plain
fi

# The pages come first, or they would be left alone at the end.
go run gotest.tools/gotestsum@v1.13.0 --format pkgname-and-test-fails -- \
	-race -shuffle=on -timeout 15m -p 2 ./internal/web ./...

# What uses the rows once more, on PostgreSQL: it is the statements that differ.
DICTUMAL_TEST_DATABASE=postgres go run gotest.tools/gotestsum@v1.13.0 --format pkgname-and-test-fails -- \
	-shuffle=on -timeout 15m -p 2 ./internal/store ./internal/control ./internal/reconcile ./internal/feed
DICTUMAL_TEST_DATABASE=postgres go run gotest.tools/gotestsum@v1.13.0 --format pkgname-and-test-fails -- \
	-timeout 5m -run ReplicasShare ./internal/simulation

# With the race detector what is simulated is small; without it, it is what it is for.
GOGC=400 go run gotest.tools/gotestsum@v1.13.0 --format pkgname-and-test-fails -- \
	-shuffle=on -timeout 10m ./internal/simulation
go run gotest.tools/gotestsum@v1.13.0 --format pkgname-and-test-fails -- \
	-shuffle=on -timeout 10m -run NoMonthsBill ./internal/store
# Three real replicas on a real pair of databases, killed and stopped.
go run gotest.tools/gotestsum@v1.13.0 --format pkgname-and-test-fails -- \
	-shuffle=on -timeout 10m -run ThreeReplicas ./internal/crash
# Some of the defences, each left out in turn: something must break.
go run gotest.tools/gotestsum@v1.13.0 --format pkgname-and-test-fails -- \
	-tags mutants -shuffle=on -timeout 10m -run EachDefence ./internal/simulation -quick
# Whatever comes from outside, made up by chance for a moment; at length in verify.sh.
scripts/fuzz.sh 3
