#!/usr/bin/env bash
# Looks up what is known against what the program is made of. Exit code 0: nothing
# that concerns it; 1: something does; 2: it could not be looked up, which is neither.
# GOVULNDB names another copy of the database than Go's own, such as file:///srv/vulndb.
set -euo pipefail
cd "$(dirname "$0")/.."

unknown=0
go mod verify

database=${GOVULNDB:-https://vuln.go.dev}
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
status=0
go run golang.org/x/vuln/cmd/govulncheck@v1.1.4 -db "$database" ./cmd/... >"$answer" 2>&1 || status=$?
cat "$answer"
if grep -q '^Vulnerability #' "$answer"; then
	echo "Go modules: something is known against what this program calls; see above." >&2
	exit 1
elif [ "$status" != 0 ] || ! grep -q '^No vulnerabilities found' "$answer"; then
	echo "Go modules: NOT LOOKED UP. The database at $database could not be read." >&2
	unknown=2
fi

status=0
npm audit --omit=dev --audit-level=low >"$answer" 2>&1 || status=$?
cat "$answer"
if [ "$status" = 0 ] && grep -q 'found 0 vulnerabilities' "$answer"; then
	:
elif grep -q 'Severity:' "$answer"; then
	echo "Packages of the pages: something is known against one; see above." >&2
	exit 1
else
	echo "Packages of the pages: NOT LOOKED UP. The registry did not answer." >&2
	unknown=2
fi
exit "$unknown"
