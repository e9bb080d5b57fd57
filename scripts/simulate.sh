#!/usr/bin/env bash
# Simulates so many deployments, a thousand to a seed, and prints a line for each seed;
# what breaks a promise is printed with the history of its deployment.
set -euo pipefail
cd "$(dirname "$0")/.."

deployments=${1:?how many deployments} seed=${2:?the first seed}
seeds=$(((deployments + 999) / 1000))
binary=$(mktemp -d)
trap 'rm -rf "$binary"' EXIT
go test -c -o "$binary/simulation" ./internal/simulation
cd internal/simulation
GOGC=400 "$binary/simulation" -test.run '^TestNothingIsLostMadeTwiceOrLeftRunning$' -test.timeout 0 -test.v \
	-deployments "$deployments" -seeds "$seeds" -seed "$seed" | grep --line-buffered -v '^=== '
