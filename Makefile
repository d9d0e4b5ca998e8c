# Every target makes its own environment; Python 3.11 or newer with pip is all that must be there.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
NODE := tests/server/node
JOBS ?= 3
# More words for pytest:  make test ARGS="-k cancel"
ARGS ?=
# The tests start hundreds of processes: without bytecode each would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test node lint format types layers coverage bench load soak postgres upstreams workers docs docs-check site screenshots cassettes sdk-matrix vendored dev clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "make %-11s %s\n", $$1, $$2 }'

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "no python3.11 and no python3 found" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than 3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.server: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[server]" -c constraints.txt
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[test,agents]" -c constraints.txt
	@touch $@

# With all that the tests need, in one go.  By uv, as it is faster and compiles nothing ahead; where it cannot, by pip.
$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv -c constraints.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python -e ".[dev]" -c constraints.txt || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]" -c constraints.txt
	@touch $(VENV)/.server $(VENV)/.test $@

demo: $(VENV)/.server ## two functions in succession in one stream, against the offline upstream; no key, no network
	@$(BIN)/assistants-shim demo

test: $(VENV)/.test ## the whole suite
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

node: $(NODE)/node_modules/.made ## the official Node SDK, for the tests that talk to the server with it

$(NODE)/node_modules/.made: $(NODE)/package.json
	cd $(NODE) && npm install --no-package-lock --no-audit --no-fund
	@touch $@

dev: $(VENV)/.dev ## the environment with linter, type checker and nox

lint: $(VENV)/.dev ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.dev ## let ruff repair what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.dev ## mypy, strict
	$(BIN)/mypy

layers: $(VENV)/.dev ## which room may know which
	$(BIN)/lint-imports

# To be traced makes tests take nearly twice as long, so that only these are.
coverage: $(VENV)/.test ## the tests that reach every branch of the translation, the table and the engine
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal --cov --cov-report=term $(ARGS) $(shell cat .ci/covered)

bench: $(VENV)/.test ## measures, printed and in build/bench.json; nothing is asserted but an order of magnitude
	.ci/postgres.sh $(BIN)/python -m tests.bench $(ARGS)
	$(BIN)/python -m pytest -m bench -n 0 -s -q

upstreams: $(VENV)/.test ## servers of others (OGX, llama.cpp), where their scripts lie beside the project
	$(BIN)/python -m pytest -m upstreams -n 0 tests/scenarios/upstreams $(ARGS)

workers: $(VENV)/.dev ## gunicorn, celery, a notebook and pools of processes around clients made before the fork; a minute
	$(BIN)/nox -s workers

postgres: $(VENV)/.test ## what threads go through, each test on a PostgreSQL database of its own; minutes
	.ci/postgres.sh $(BIN)/python -m pytest -n $(JOBS) --store=postgres tests/scenarios/clients tests/scenarios/crash tests/scenarios/doors tests/engine tests/scenarios/healing tests/migrate/imports/test_importer.py tests/scenarios/hosted_tools tests/scenarios/imports tests/scenarios/laws tests/scenarios/repeated_calls tests/server/test_tenants.py $(ARGS)

load: $(VENV)/.test ## eight processes of fifty threads, killed and failed, on SQLite and PostgreSQL; prints the figures
	.ci/postgres.sh $(BIN)/python -m tests.scenarios.load $(ARGS)

soak: $(VENV)/.test ## a server whose readers leave, for ten minutes: memory, descriptors, threads and tasks after each
	$(BIN)/python -m tests.scenarios.load.soak $(ARGS)

screenshots: $(VENV)/.test ## the pictures in the docs, made by the tests whose names contain "looks"
	mkdir -p docs/images
	SCREENSHOTS=docs/images REQUIRE_CHROMIUM=1 $(BIN)/python -m pytest -q -n 0 tests/scenarios tests/migrate/parity -k "looks" $(ARGS)

docs: $(VENV)/.test ## print the reference pages from the tables
	$(BIN)/python -m docs.generate

$(VENV)/.docs: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[docs]" -c constraints.txt
	@touch $@

site: $(VENV)/.docs ## the documentation as a site, in build/site; a broken link fails
	$(BIN)/python -m docs.site

docs-check: $(VENV)/.test ## are the printed pages those of today's tables?
	$(BIN)/python -m docs.generate --check

cassettes: $(VENV)/.test ## record the cassettes again, from the sandbox
	$(BIN)/python -m cassettes.record

sdk-matrix: $(VENV)/.dev ## the doors and the replay with every major of the SDK
	$(BIN)/nox $(ARGS)

vendored: $(VENV)/.dev ## copy the SDK's code for the Assistants API out of the pinned `openai` again
	$(BIN)/python -m docs.vendor

clean: ## remove what the targets made
	rm -rf $(VENV) $(NODE)/node_modules .nox .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis htmlcov dist build
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
