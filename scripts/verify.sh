#!/usr/bin/env bash
# The long suites: every fuzz target for a while, the storms over many seeds, and
# the tests that race, three times.
set -euo pipefail
cd "$(dirname "$0")/.."

each=${FUZZTIME:-2m}
while IFS=: read -r file target; do
	echo "Fuzzing $target in $(dirname "$file") for $each"
	go test "./$(dirname "$file")" -run '^$' -fuzz "^$target\$" -fuzztime "$each"
done < <(grep -roE --include='*_test.go' 'func Fuzz[A-Za-z0-9_]+' internal | sed 's/func //')

go test -race -shuffle=on -count=3 ./internal/store ./internal/reconcile ./internal/gateway/... ./internal/machine/...
