#!/usr/bin/env bash
# Simulates so many deployments, a thousand to a seed, and prints a line for each seed;
# what breaks a promise is printed with the history of its deployment. Where it is said
# how many replicas share the work, each is stopped and killed on its own, and the
# database goes away at times; else it is one process or several by turns.
set -euo pipefail
cd "$(dirname "$0")/.."

deployments=${1:?how many deployments} seed=${2:?the first seed} replicas=${3:-}
seeds=$(((deployments + 999) / 1000))
binary=$(mktemp -d)
trap 'rm -rf "$binary"' EXIT
go test -c -o "$binary/simulation" ./internal/simulation
cd internal/simulation
plan=(-test.run '^TestNothingIsLostMadeTwiceOrLeftRunning$' -deployments "$deployments" -seeds "$seeds")
if [ -n "$replicas" ]; then
	plan=(-test.run '^TestReplicasShareTheWork$' -shared "$deployments" -shared-seeds "$seeds" -replicas "$replicas")
fi
GOGC=400 "$binary/simulation" "${plan[@]}" -test.timeout 0 -test.v -seed "$seed" | grep --line-buffered -v '^=== '
