# The commands of the guide. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
PORT ?= 8000
export NO_MKDOCS_2_WARNING := 1
export SOURCE_DATE_EPOCH := $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help serve site test check record run bench format lock clean setup-site setup-test

help: ## List the commands
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 22

serve: setup-site ## Build the guide and serve it on loopback (PORT=8000)
	@$(BIN)/python -m tests.pages || echo "==> the site is served all the same; mend the lines above"
	@echo "==> serving on http://127.0.0.1:$(PORT)/ (stop with Ctrl-C)"
	$(BIN)/python -m mkdocs serve --dirty --dev-addr 127.0.0.1:$(PORT)

site: setup-site ## Build the guide into site/
	$(BIN)/python -m tests.pages
	$(BIN)/python -m mkdocs build --strict --clean

test: setup-test ## Prove everything: files, sessions, pages, built site, browser
	@echo "==> all checks, every file and every session on the real tool"
	$(BIN)/python -m pytest -n auto --durations=8

check: setup-test ## The quick loop while writing: all but sessions and browser
	$(BIN)/python -m pytest -q -n auto -m "not lab and not browser"

record: setup-test ## Run a case's sessions and write their output and receipt (CASE=330.5-libvirt/net-isolated)
	@test -n "$(CASE)" || { echo "say which: make record CASE=330.5-libvirt/net-isolated"; exit 2; }
	$(BIN)/python -m tests.transcripts record $(CASE)

run: setup-test ## Run sessions without writing anything (CASE=..., none means all)
	$(BIN)/python -m tests.transcripts run $(CASE)

bench: setup-test ## Measure build, validators and sessions
	$(BIN)/python -m tests.bench

format: setup-test ## Format the Python code
	$(BIN)/ruff check --fix overrides tests && $(BIN)/ruff format overrides tests

lock: setup-test ## Lock the Python and npm packages again, with hashes
	.ci/lock

clean: ## Remove what was built; keeps .venv and node_modules
	rm -rf site .cache .pytest_cache .ruff_cache

setup-site:
	@.ci/setup site

setup-test:
	@.ci/setup test
