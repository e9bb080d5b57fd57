#!/usr/bin/env bash
# Measures the program beside its peers, which it installs where they are missing,
# prints a table and writes docs/performance.md. Wants a host that is otherwise idle.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "$(id -u)" != 0 ]; then
	echo "make bench needs root: it makes machines and installs the peers. Run it with sudo." >&2
	exit 1
fi

missing=()
while read -r program package; do
	command -v "$program" >/dev/null || missing+=("$package")
done <<'PEERS'
incus incus-client
websockify websockify
ssh openssh-client
/usr/sbin/sshd openssh-server
Xtigervnc tigervnc-standalone-server
dpkg-scanpackages dpkg-dev
chromium chromium
PEERS
compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql)
if [ ${#missing[@]} != 0 ]; then
	apt-get update -q
	apt-get install -y -q --no-install-recommends "${missing[@]}"
fi

bin/dictumal setup
bin/dictumal image build
bin/dictumal image build --plain

results=$(mktemp)
page=$(mktemp)
trap 'rm -f "$results" "$page"' EXIT
LOAD="at the start $(cut -d' ' -f1-3 /proc/loadavg)"
status=0
for package in ./internal/bench ./internal/gateway; do
	go test -tags bench -count=1 -timeout 45m -run '^TestBench' -v "$package" | tee -a "$results" || status=1
done
LOAD="$LOAD, at the end $(cut -d' ' -f1-3 /proc/loadavg)" go run ./internal/bench/report <"$results" >"$page"
mkdir -p docs
cp "$page" docs/performance.md
chmod 644 docs/performance.md
sed -n '/^| what/,/^$/p' docs/performance.md
exit "$status"
