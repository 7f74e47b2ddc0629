# Every command of the repository. `make help` lists them.
# Needs Python 3.11 or newer, pip and make; nothing else for `demo`, `run`, `test` and `lint`.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# The first interpreter on this machine that is new enough; `make PYTHON=/path/to/python …` decides otherwise.
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
VENV := $(CURDIR)/.venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PACKAGES := shared services/indicator-svc services/project-svc services/bond-svc services/alert-svc deploy/embedded
DESCRIPTIONS := $(addsuffix /pyproject.toml,$(PACKAGES))

# Where the embedded suite keeps its databases, bus and first key, and the port that it answers on.
DATA_DIR ?= var
PORT ?= 8080
export DATA_DIR PORT

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- Setting up: one virtual environment, filled from the hashed locks. The stamps say what it holds. ---

$(BIN)/python:
	@[ -n "$(PYTHON)" ] || { echo "make: no Python 3.11 or newer found; set PYTHON=/path/to/python" >&2; exit 1; }
	@echo "Making .venv with $(PYTHON)" >&2
	@"$(PYTHON)" -m venv $(VENV)

$(VENV)/runtime.stamp: requirements.lock requirements-build.lock $(DESCRIPTIONS) | $(BIN)/python
	@echo "Installing what the suite runs on" >&2
	@$(PIP) install --require-hashes -r requirements.lock -r requirements-build.lock
	@$(PIP) install --no-deps --no-build-isolation $(addprefix -e ./,$(PACKAGES))
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/runtime.stamp
	@echo "Installing what tests and checks it" >&2
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

.PHONY: setup
setup: $(VENV)/runtime.stamp ## Install what the suite runs on into .venv

.PHONY: setup-dev
setup-dev: $(VENV)/dev.stamp ## Install what develops and tests it, too

# --- Running ---

.PHONY: run
run: $(VENV)/runtime.stamp ## Run all four services on PORT (8080), data under DATA_DIR (var), until interrupted
	@exec $(BIN)/python -m diaodu_embedded run

.PHONY: demo
demo: $(VENV)/runtime.stamp ## Load the real figures, run the main job, print what a dispatch meeting looks at
	@exec $(BIN)/python -m diaodu_embedded demo

# --- Checking ---

.PHONY: lint
lint: $(VENV)/dev.stamp ## Style, types, import contracts, generated documents, and whether every fact only grew
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/mypy conftest.py shared services/*/src deploy tests
	@# The tests of two services may share a module name, so each service's are a run of their own.
	for service in services/*-svc; do \
	  (cd $$service && $(BIN)/mypy --config-file $(CURDIR)/pyproject.toml --cache-dir $(CURDIR)/.mypy_cache/$$service tests); \
	done
	$(BIN)/python -m shared.contracts.document --check
	$(BIN)/python -m shared.contracts.compatibility

# Databases and logs of tests live in memory where there is room: nothing of them is to outlive a power cut, so no disk is waited for.
ROOMY := $(shell df --output=avail -k /dev/shm 2>/dev/null | awk 'NR == 2 && $$1 > 8 * 1024 * 1024 {print "/dev/shm"}')
PYTEST = $(if $(ROOMY),TMPDIR=$(ROOMY)) $(BIN)/python -m pytest
# How many processes share the tests, each with servers of its own; what one waits for then takes longer, too.
WORKERS ?= 2
SHARED = PATIENCE=$(WORKERS) $(PYTEST) -n $(WORKERS)
.PHONY: test
test: $(VENV)/dev.stamp ## Every test, with the branch coverage measured (CI=true: nothing real is skipped; ARGS="-k overdue")
ifeq ($(ARGS),)
	@# Measuring takes nearly as long again: once, where it costs least.
	status=0; \
	$(SHARED) -m "measured and not nightly" --cov --cov-report=term:skip-covered || status=$$?; \
	$(SHARED) -m "not measured and not nightly" || status=$$?; \
	exit $$status
else
	$(PYTEST) --cov --cov-report=term:skip-covered --cov-fail-under=0 $(ARGS)
endif

.PHONY: test-compose
test-compose: $(VENV)/dev.stamp ## The main job, crashes and restarts on deploy/compose.yaml, in containers (needs Docker)
	$(BIN)/python -m pytest tests/compose $(ARGS)

.PHONY: test-faults
test-faults: $(VENV)/dev.stamp ## Every fault that tests/faults tries, the nightly ones too, and the table of what they cost
	CI=true $(BIN)/python -m pytest tests/faults -m "nightly or not nightly" $(ARGS)

.PHONY: simulate
simulate: $(VENV)/dev.stamp ## Run SEEDS (5000) of the simulated backbone; the nightly form of tests/simulation
	$(BIN)/python -m tests.simulation --seeds $(or $(SEEDS),5000) $(ARGS)

.PHONY: fuzz
fuzz: $(VENV)/dev.stamp ## Ask every interface for whatever its document allows and forbids, for long (ARGS=--fuzz-seed=7)
	CI=true $(BIN)/python -m pytest tests/fuzz -rP --fuzz-examples=100 --fuzz-phases=coverage,fuzzing,stateful $(ARGS)

# --- Measuring: never part of the tests; each figure stands beside another of the same run ---

.PHONY: bench
bench: $(VENV)/dev.stamp ## Start, memory and latency, each beside its bare path (ARGS=latency: one of them; ARGS=--quick)
	$(BIN)/python -m tests.bench $(ARGS)

.PHONY: bench-alertmanager
bench-alertmanager: $(VENV)/dev.stamp ## alert-svc beside Prometheus Alertmanager: throughput, latency, alerts owed at a crash
	$(BIN)/python -m tests.bench.beside_alertmanager $(ARGS)

# --- Maintaining ---

.PHONY: docs
docs: $(VENV)/dev.stamp ## Generate docs/events.md and docs/api, and keep changed facts as new editions
	$(BIN)/python -m shared.contracts.document
	$(BIN)/python -m shared.contracts.compatibility --publish

LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-annotate --no-header \
	--no-emit-index-url --no-emit-find-links --quiet \
	$(addprefix --no-emit-package diaodu-,shared indicator-svc project-svc bond-svc alert-svc embedded)

.PHONY: lock
lock: $(VENV)/dev.stamp ## Pin and hash the requirements anew (ARGS=--upgrade takes newer versions)
	$(LOCK) $(ARGS) requirements.in --output-file requirements.lock >/dev/null
	$(LOCK) $(ARGS) requirements-build.in --constraints requirements.lock --output-file requirements-build.lock >/dev/null
	$(LOCK) $(ARGS) requirements-dev.in --constraints requirements.lock --constraints requirements-build.lock \
	  --output-file requirements-dev.lock >/dev/null

.PHONY: clean
clean: ## Remove what was made here: the environment and the caches; data stays
	rm -rf $(VENV) build dist htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache \
	  .hypothesis .schemathesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
