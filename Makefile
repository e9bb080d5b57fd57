SHELL := /bin/bash
BIN := bin/dictumal
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)

.PHONY: help setup build assets run test verify simulate lint audit sbom bench clean-machines

help: ## list what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

build: assets ## build bin/dictumal, one static binary
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/dictumal

assets: internal/web/dist/.built internal/licenses/dist/licenses.txt ## fetch fonts, icons and the viewer, and build what the pages need

internal/web/dist/.built: package.json package-lock.json scripts/assets.mjs
	npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
	node scripts/assets.mjs
	touch $@

internal/licenses/dist/licenses.txt: internal/web/dist/.built go.mod
	go run ./internal/licenses/collect

setup: build ## install and set up what this host lacks: Incus, storage, bridge, wall, desktop image
	$(BIN) setup
	$(BIN) image build

run: setup ## everything from nothing: a desktop from examples/welcome.md, and its link
	$(BIN) up examples/welcome.md

test: build ## all tests, with real Incus and a real browser
	scripts/test.sh

verify: build ## the long suites
	scripts/verify.sh

DEPLOYMENTS ?= 100000
SEED ?= 1
REPLICAS ?=

simulate: ## the simulation at length: make simulate DEPLOYMENTS=100000 SEED=7 [REPLICAS=3]
	scripts/simulate.sh $(DEPLOYMENTS) $(SEED) $(REPLICAS)

lint: assets ## the linters
	go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0 run

audit: ## what is known against the modules and packages that the program is made of
	scripts/audit.sh

sbom: build ## the bill of materials of bin/dictumal, CycloneDX, into dist/
	go run ./internal/sbom/collect $(BIN) dist/dictumal.cdx.json

bench: build ## tables of ratios against peers, into docs/performance.md
	scripts/bench.sh

clean-machines: build ## remove every machine, image and network that this program made here
	$(BIN) clean --yes
