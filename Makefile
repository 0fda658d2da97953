# The commands of the guide. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
PORT ?= 8000
PAPER ?= a4
export NO_MKDOCS_2_WARNING := 1
export SOURCE_DATE_EPOCH := $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help serve site offline epub pdf dist test prove check new record run lab lab-xen mutate drill bench summary bump canary urls format lock clean setup-site setup-test setup-labs

help: ## List the commands
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 22

serve: setup-site ## Build the guide and serve it on loopback (PORT=8000)
	@$(BIN)/python -m tests.pages || echo "==> the site is served all the same; mend the lines above"
	@echo "==> serving on http://127.0.0.1:$(PORT)/ (stop with Ctrl-C)"
	$(BIN)/python -m mkdocs serve --dirty --dev-addr 127.0.0.1:$(PORT)

site: setup-site ## Build the guide into site/
	$(BIN)/python -m tests.pages
	$(BIN)/python -m mkdocs build --strict --clean

offline: setup-test site ## Pack the site into dist/, to unpack and open from a disk, without a network
	@$(BIN)/python -m overrides.export.offline site dist/virtualization-guide-offline.zip

epub: setup-test site ## Make the EPUB in dist/, for phones and e-readers, and let epubcheck judge it
	@$(BIN)/python -m overrides.export.epub site dist/virtualization-guide.epub
	@$(BIN)/python -m tests.epubcheck dist/virtualization-guide.epub

# $(1) paper, $(2) objective or nothing, $(3) the file. The last two words of each command are the site and the file.
define make_pdf
@$(BIN)/python -m overrides.export.pdf --paper $(1) --objective "$(2)" site $(3)
@$(BIN)/python -m tests.pdfcheck --objective "$(2)" site $(3)
endef

pdf: setup-test site ## Make the PDF in dist/ and let veraPDF judge it (OBJECTIVE=330.2 for a part, PAPER=letter)
	$(call make_pdf,$(PAPER),$(OBJECTIVE),dist/virtualization-guide$(if $(OBJECTIVE),-$(OBJECTIVE))-$(PAPER).pdf)

dist: offline epub pdf ## Make all files to take along, with their sums, in dist/
	$(call make_pdf,letter,,dist/virtualization-guide-letter.pdf)
	@cd dist && sha256sum virtualization-guide* > .sums && mv .sums SHA256SUMS && cat SHA256SUMS

test: setup-labs ## Prove every file, page and sandbox session, what changed in the labs, and a tenth of the rest
	@echo "==> all checks, every file, and sessions on the real tools"
	$(BIN)/python -m pytest -n auto --durations=8

prove: setup-labs ## Run every session again, those of the labs included
	PROVE=1 $(BIN)/python -m pytest -n auto --durations=8 tests/test_sessions.py tests/test_lab.py

check: setup-test ## The quick loop while writing: all but sessions, browser and the files to take along
	$(BIN)/python -m pytest -q -n auto -m "not lab and not browser and not export"

new: setup-site ## Begin a case (CASE=330.5-libvirt/net-routed, like another with FROM=330.5-libvirt/net-isolated)
	@test -n "$(CASE)" || { echo "say which: make new CASE=330.5-libvirt/net-routed FROM=330.5-libvirt/net-isolated"; exit 2; }
	@$(BIN)/python -m tests.new $(CASE) $(FROM)

record: setup-test ## Run a case's sessions and write their output and receipt (CASE=330.5-libvirt/net-isolated)
	@test -n "$(CASE)" || { echo "say which: make record CASE=330.5-libvirt/net-isolated"; exit 2; }
	$(BIN)/python -m tests.transcripts record $(CASE)

run: setup-test ## Run sessions without writing anything (CASE=..., none means all)
	$(BIN)/python -m tests.transcripts run $(CASE)

lab: setup-test ## A shell on a KVM host with libvirt, to type along (built on first use; PAIR=1: two hosts)
	@$(BIN)/python -m tests.lab kvm $(if $(PAIR),pair)

lab-xen: setup-test ## A shell on a Dom0 with Xen, to type along (built on first use; PAIR=1: two hosts)
	@$(BIN)/python -m tests.lab xen $(if $(PAIR),pair)

mutate: setup-test ## Damage every file and session on purpose, report what the checks notice (ONLY='330.4*' for some)
	$(BIN)/python -m tests.mutation $(if $(ONLY),'$(ONLY)')

drill: setup-test ## Seed 100 faults of all kinds into copies of the tree; each must be named with its remedy
	$(BIN)/python -m tests.drill

bench: setup-test ## Measure the build, the checks and what a page costs its reader (PART=reading; none means all)
	$(BIN)/python -m tests.bench $(PART)

summary: setup-test ## Show what changed since BASE=origin/main: counts, pages, versions, sessions with masks on
	@$(BIN)/python -m tests.summary '$(or $(BASE),origin/main)'

bump: setup-labs ## Raise pinned versions, record every session again (or CASE=...), show what changed
	.ci/lock
	@.ci/setup test
	$(BIN)/python -m tests.transcripts record $(CASE)
	$(MAKE) check
	@$(MAKE) --no-print-directory summary BASE=HEAD

canary: setup-test site ## Build with Zensical, Material's successor, and report what differs
	@$(BIN)/python -m tests.canary site

urls: setup-site ## Note the addresses of new pages; a page that is gone must lead on
	@$(BIN)/python -m tests.urls

format: setup-test ## Format the Python code
	$(BIN)/ruff check --fix overrides tests && $(BIN)/ruff format overrides tests

lock: setup-test ## Lock the Python and npm packages again, with hashes
	.ci/lock

clean: ## Remove what was built; keeps .venv and node_modules
	rm -rf site dist .cache .pytest_cache .ruff_cache

setup-site:
	@.ci/setup site

setup-test:
	@.ci/setup test

setup-labs: setup-test
	@$(BIN)/python -m tests.lab.prepare
