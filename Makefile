# CareWindow. `make` alone lists what there is. Every target shares one build folder, .build.

SWIFT ?= swift
PREFIX ?= /usr/local
# An import that no target declares is an error: the arrows between the rooms, held by the compiler.
CHECKED := --explicit-target-dependency-import-check error
SWIFT_FILES := Package.swift Sources Tests Benchmarks
SCRIPTS := .ci/run packaging/healthy $(wildcard Scripts/*)

.DEFAULT_GOAL := help
.PHONY: help demo test run bench simulate lint format docs install clean deps release

help: ## List the targets
	@echo "CareWindow: the 24-hour rule of WhatsApp, made impossible to break."
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "The first build takes about 5 minutes on two cores (release: 9), later ones seconds."

demo: deps release ## Build, then play gateway, simulated Meta and sample data; needs no account
	@$(RELEASE) demo

test: ## Build and run every test (about 10 minutes the first time)
	@Scripts/install-packages build test
	@echo "Building everything for the tests (about 5 minutes the first time on two cores)."
	@$(SWIFT) build --build-tests $(CHECKED)
	@echo "Running every test (a few minutes)."
	@SWIFT=$(SWIFT) Scripts/run-tests

run: deps release ## Run the server with the settings of the environment
	@$(RELEASE) serve

bench: ## Measure, each number beside its limit in the same run
	@Scripts/install-packages build bench
	@$(MAKE) --no-print-directory release
	@$(RELEASE) bench

# A fresh seed unless one is given; every seeded test takes it, and a failure names its own.
SEED := $(or $(SEED),$(shell od -A n -N 3 -t u4 /dev/urandom | tr -d ' '))
RUNS ?= 1000
simulate: ## Play Meta, customers and power cuts by chance: make simulate SEED=42 RUNS=1000
	@Scripts/install-packages build
	@echo "Building everything for the tests (about 5 minutes the first time on two cores)."
	@$(SWIFT) build --build-tests $(CHECKED)
	@echo "Simulating: $(RUNS) days at the gate, the properties, 200 power cuts (about 8 minutes)."
	@echo "To repeat it: make simulate SEED=$(SEED) RUNS=$(RUNS)"
	@SWIFT=$(SWIFT) CAREWINDOW_TEST_SEED=$(SEED) CAREWINDOW_TEST_RUNS=$(RUNS) Scripts/run-tests \
		--filter $(SIMULATIONS)

# The tests that take a seed, whatever they are about.
SIMULATIONS := '\(seeds?:\)|KillTests'

lint: ## Check formatting and scripts (seconds, builds nothing)
	@$(SWIFT) format lint --strict --parallel --recursive $(SWIFT_FILES)
	@for script in $(SCRIPTS); do bash -n $$script || exit 1; done
	@if command -v shellcheck >/dev/null; then shellcheck $(SCRIPTS); fi
	@echo "Formatting and scripts are in order."

format: ## Format every Swift file
	@$(SWIFT) format --in-place --parallel --recursive $(SWIFT_FILES)

docs: ## Check the docs: links, make targets, settings, metrics, log events
	@Scripts/install-packages build
	@$(SWIFT) build --build-tests $(CHECKED)
	@$(SWIFT) test --skip-build --disable-xctest $(CHECKED) --filter TidyTests

# Under sudo there may be no toolchain on the path: what `make release` built is installed as it is.
install: ## Install the binary and its systemd unit under PREFIX (/usr/local)
	@[ -x .build/release/carewindow ] || $(MAKE) --no-print-directory deps release
	@Scripts/install-carewindow .build/release $(PREFIX)

clean: ## Remove what was built
	@rm -rf .build .venv

deps: ## Install the system packages the build needs, where they are missing
	@Scripts/install-packages build

# The Swift runtime is linked in: faster by a twentieth, and what is installed needs no toolchain.
release: ## Build the binary, .build/release/carewindow
	@echo "Building CareWindow (release; about 9 minutes the first time on two cores, then seconds)."
	@$(SWIFT) build -c release --product carewindow --static-swift-stdlib $(CHECKED)

RELEASE = .build/release/carewindow
