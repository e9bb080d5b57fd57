#!/usr/bin/env bash
# The long suites: every fuzz target for a while, the storms over many seeds, the
# tests that race, three times, and the machines that droplets are: Ubuntu's.
set -euo pipefail
cd "$(dirname "$0")/.."

# The sources give one binary, and nothing is known against what it is made of; where
# that cannot be looked up, it says so and the rest goes on.
scripts/reproducible.sh
scripts/audit.sh || [ $? = 2 ]

# A quarter of an hour for each, or as many seconds as are asked for.
scripts/fuzz.sh "${FUZZTIME:-900}"

go test -race -shuffle=on -count=3 ./internal/store ./internal/reconcile ./internal/gateway/... ./internal/machine/...

# Without each of the defences some promise falls, and with them none does.
go test -tags mutants -shuffle=on -count=1 -timeout 30m -run EachDefence -v ./internal/simulation
scripts/simulate.sh 20000 100
# Three replicas, each killed and stopped on its own, on a database that goes away at times.
scripts/simulate.sh 10000 200 3

# Three real ones on a pair of databases, and each point of one on PostgreSQL.
go test -count=1 -timeout 3h -run ThreeReplicas -v ./internal/crash -deployments 10000 -seed "${SEED:-$RANDOM}"
go test -count=1 -timeout 30m -run OnPostgreSQL ./internal/crash -everywhere

dpkg -s ubuntu-keyring >/dev/null 2>&1 || apt-get install -y -q --no-install-recommends ubuntu-keyring
bin/dictumal image build --plain --ubuntu
go test -tags verify -count=1 -timeout 30m -run 'Ubuntu|TheBaked' ./internal/image
go test -tags verify -count=1 -timeout 30m -run OnDigitalOcean ./e2e

# Behind the proxies that docs/deploying.md has configurations for. The tests run
# their own, so that those which come with the packages are not started.
for proxy in nginx caddy; do
	command -v "$proxy" >/dev/null && continue
	apt-get install -y -q --no-install-recommends "$proxy"
	systemctl disable --now "$proxy" 2>/dev/null || true
done
go test -tags verify -count=1 -run 'BehindAProxy|ABadRequest' -v ./internal/server

# Three replicas, PostgreSQL and Caddy as packaging/ and docs/high-availability.md have
# them: stopped, killed and upgraded under load.
go test -tags verify -count=1 -timeout 20m -run ThreeReplicasAsPackaged -v ./e2e
