# dcedge: `make` prints the targets; `make run` and `make test` set up what
# they need by themselves.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup setup-test web fonts build run test check bench soak wasm clean

export CONFORMANCE_DATA ?= $(abspath $(CURDIR)/../shared/data)
GO ?= go
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
VERSION := $(shell git describe --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -X dcedge/edge/agent.version=$(VERSION)

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: ## install what building and running need (fonts)
	@tools/setup.sh run

setup-test: ## install what the tests need (a C compiler for -race, chromium, mosquitto, postgresql, zbar-tools, strace, fonts, cups, poppler-utils)
	@tools/setup.sh test

fonts: setup ## copy the label fonts to where the build embeds them
	@tools/fonts.sh

web: ## bundle the pages (TypeScript) to where the build embeds them
	@$(GO) run ./tools/webbuild

build: fonts web ## build bin/edge, bin/wms, bin/firmware-sim
	@mkdir -p bin
	@$(GO) build -ldflags '$(LDFLAGS)' -o bin/ ./cmd/...
	@echo "built bin/edge bin/wms bin/firmware-sim"

run: build ## a whole simulated site on loopback; open the printed address, Ctrl-C ends it (ORDERS=FILE, SEED=n, SPEED=n, MIX=order|cluster|wave|zones|returns|all, BROKER=mosquitto, PORT=n, CREW=none)
	@$(if $(filter mosquitto,$(BROKER)),tools/setup.sh broker)
	@$(GO) build -o bin/site ./tools/site
	@bin/site $(if $(ORDERS),--orders '$(ORDERS)') $(if $(SEED),--seed $(SEED)) $(if $(SPEED),--speed $(SPEED)) $(if $(MIX),--mix $(MIX)) $(if $(BROKER),--broker $(BROKER)) $(if $(PORT),--port $(PORT)) $(if $(filter none,$(CREW)),--alone)

test: setup-test build check ## everything, with the race detector but for what tools/test.sh names
	@tools/test.sh

check: ## format, vet, staticcheck, import graph, sizes, doc.go
	@tools/check.sh '$(STATICCHECK)'

bench: build ## the figures of the README: medians beside their limit in the same run
	@tools/bench.sh

soak: build ## the long suites: kill loop, crash images, simulated days
	@tools/soak.sh

wasm: ## the rules of the floor for a browser (bin/floor.wasm), and how large they are
	@mkdir -p bin
	@GOOS=js GOARCH=wasm $(GO) build -trimpath -ldflags='-s -w' -o bin/floor.wasm ./tools/floorwasm
	@echo "bin/floor.wasm: $$(stat -c %s bin/floor.wasm) bytes, $$(gzip -c bin/floor.wasm | wc -c) with gzip"

clean: ## remove what make made (not data/)
	@rm -rf bin edge/web/ui/node_modules
	@find edge/web/ui/dist labels/raster/fonts -type f ! -name PLACEHOLDER ! -name README -delete 2>/dev/null || true
