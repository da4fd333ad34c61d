# `make run` and `make test` need nothing set up before them: a Debian 12 or Ubuntu with Python 3.11 or later.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 5000

.DEFAULT_GOAL := help
.PHONY: help run demo test test-long mutation coverage bench check docs lock clean

help: ## what can be made here
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: $(VENV)/.run ## the sample street on http://127.0.0.1:5000, everything installed that is missing
	@tools/system.sh run
	@$(BIN)/election demo --port $(PORT)

test: $(VENV)/.test ## every test; real Chromium and PostgreSQL where they can be had
	@tools/system.sh test
	@$(BIN)/python -m pytest -n auto --dist worksteal -m "not long" $(ARGS)

test-long: $(VENV)/.test ## fuzzing, thousands of mutations, large synthetic runs
	@tools/system.sh test
	@$(BIN)/python -m pytest -m long $(ARGS)

mutation: $(VENV)/.test ## mutants of counting and law, and which of them no test notices (hours; ARGS="--minutes 60")
	@ELECTION_ORACLE=25 $(BIN)/mutmut run --max-children 1 election.law.dates.x_day__mutmut_1
	@ELECTION_ORACLE=25 $(BIN)/python tools/mutants.py $(ARGS)

PURE := law record names count roll process documents words verify
coverage: $(VENV)/.test ## lines and branches of the pure rooms that their own tests run; under 98 % fails
	@$(BIN)/python -m pytest -n auto -m "not long and not browser" $(PURE:%=tests/%) tests/ballots \
	  $(PURE:%=--cov=election.%) --cov=ballots --cov-report=term-missing:skip-covered --cov-fail-under=98 $(ARGS)

bench: $(VENV)/.test ## speeds, each beside a limit or a peer in the same run
	@tools/system.sh run
	@$(BIN)/python tools/bench.py $(ARGS)

check: $(VENV)/.test ## ruff, mypy, import contracts
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy election ballots && $(BIN)/lint-imports

docs: $(VENV)/.test ## pages of docs/ that are generated from the code
	@$(BIN)/python -m election.commands.docs

lock: $(VENV)/.test ## new lock files from pyproject.toml
	@$(BIN)/pip install -q uv
	@$(BIN)/uv pip compile pyproject.toml --extra postgresql --generate-hashes --no-emit-index-url --no-header -q -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --extra postgresql --group dev --generate-hashes --no-emit-index-url --no-header -q -o requirements-dev.lock

clean: ## throw the environment away; ./instance (the database and its keys) stays
	rm -rf $(VENV) build *.egg-info

$(VENV)/.run: requirements.lock pyproject.toml
	@tools/environment.sh "$(PYTHON)" "$(VENV)" requirements.lock run
	@touch $@

$(VENV)/.test: requirements-dev.lock pyproject.toml
	@tools/environment.sh "$(PYTHON)" "$(VENV)" requirements-dev.lock test
	@touch $@ $(VENV)/.run
