# Everything a developer does here. `make` alone lists it; each target makes the environment it needs.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory

export PORT ?= 8000
# make knows AS as the assembler; here it is whom to act as.
ifeq ($(origin AS),default)
AS :=
endif
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.stamp
PYTEST := $(PY) -m pytest
PEERS := tests/benches/peers/node
NODE_PACKAGES := tests/web/node_modules/.package-lock.json
WORKERS ?= 2
BENCH_PACKAGES := .data/bench-packages
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --no-header --no-annotate
REPORT := $(VENV)/bin/coverage report --skip-covered

.PHONY: help
help: ## List what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  \033[1mmake %-13s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Every message of the set-up goes to stderr: `TOKEN=$(make token AS=supplier)` must hold a token only.
$(READY): requirements.lock
	@{ python=; for each in $(PYTHON) python3.11 python3; do \
	    if "$$each" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then python=$$each; break; fi; \
	  done; \
	  if [ -z "$$python" ]; then \
	    echo "Python 3.11 is needed and was not found. Debian 12: sudo apt-get install python3 python3-venv;" \
	         "elsewhere name it: make PYTHON=/path/to/python3.11 run"; exit 1; fi; \
	  if ! [ -x $(PY) ] && ! "$$python" -c 'import venv, ensurepip' 2>/dev/null; then \
	    echo "Python 3.11 is here, but can't make environments: sudo apt-get install python3.11-venv"; exit 1; fi; \
	  echo "Setting up $(VENV) (once, and when requirements.lock changes) ..."; \
	  [ -x $(PY) ] || "$$python" -m venv $(VENV) || { \
	    echo "The environment $(VENV) could not be made: is this folder writable and the disk not full?"; exit 1; }; \
	  $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock || { \
	    echo "The packages of requirements.lock could not be installed: see the lines above" \
	         "(no network, or no room on the disk)."; exit 1; }; \
	  touch $@; } >&2

.PHONY: run
run: $(READY) ## Start the server with its own MongoDB and demo data (PORT=8000, MONGODB_URL=, DATA_FOLDER=)
	@[ -n "$${MONGODB_URL:-}" ] || $(PY) -m documents.embedded.doctor --quiet --folder "$${DATA_FOLDER:-.data}/mongo"
	@exec $(PY) app.py serve

.PHONY: doctor
doctor: $(READY) ## Look for what this machine lacks, and name the package that brings it
	@$(PY) -m documents.embedded.doctor --port $(PORT) --folder "$${DATA_FOLDER:-.data}/mongo"

.PHONY: check
check: $(READY) ## Format, lint, types, imports, freshness of the SDL
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-logo
	@$(PY) app.py sdl --check

.PHONY: fix
fix: $(READY) ## Format, mend what ruff can mend, write the SDL anew
	@$(VENV)/bin/ruff check --fix --quiet . || true
	@$(VENV)/bin/ruff format .
	@$(PY) app.py sdl

.PHONY: test
test: $(READY) ## Run the tests (T=path or -k words; WORKERS=2)
	@$(PYTEST) -m "not long and not web" -n $(WORKERS) --dist loadfile -q $(T)

.PHONY: coverage
coverage: $(READY) ## Run the tests and hold branch coverage of all but the large ones to its thresholds
	@$(VENV)/bin/coverage erase
	@$(VENV)/bin/coverage run -m pytest -m "not long and not web and not large" -n $(WORKERS) --dist loadfile -q
	@$(VENV)/bin/coverage combine --quiet
	@$(REPORT) --include='domain/*,auth/*,resolvers/*,execution/*' --fail-under=100
	@$(REPORT) --omit='domain/*,auth/*,resolvers/*,execution/*' --fail-under=95
	@$(PYTEST) -m "large and not long and not web" -n $(WORKERS) --dist loadfile -q

.PHONY: test-web
test-web: $(READY) $(NODE_PACKAGES) ## Run the tests that need Chromium or Node
	@command -v chromium >/dev/null || { \
	  echo "chromium is missing and these tests need it: sudo apt-get install chromium" >&2; exit 1; }
	@$(PYTEST) -m web -q $(T)

$(NODE_PACKAGES): tests/web/package-lock.json
	@for each in node npm; do command -v $$each >/dev/null || { \
	  echo "$$each is missing and these tests need it: sudo apt-get install nodejs npm" >&2; exit 1; }; done
	@npm ci --silent --no-audit --no-fund --prefix tests/web >&2
	@touch $@

.PHONY: test-long
test-long: $(READY) ## Run the full sizes; goes on where it was interrupted (SEED= repeats a run)
	@$(PYTEST) -p tests.long_run -m long --timeout 7200 -v $(if $(SEED),--long-seed $(SEED)) $(T)

.PHONY: bench
bench: $(READY) ## Measure and print what docs/benchmarks.md quotes (ONLY=name)
	@$(PY) -m tests.benches $(ONLY)

.PHONY: bench-driver
bench-driver: $(READY) ## Compare Motor with PyMongo's asynchronous client (ROUNDS=)
	@mkdir -p $(BENCH_PACKAGES) && $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --upgrade \
	  --target $(BENCH_PACKAGES) -r requirements-bench.lock >&2
	@PYTHONPATH=$(BENCH_PACKAGES) $(PY) -m tests.benches.bench_driver $(if $(ROUNDS),--rounds $(ROUNDS))

.PHONY: bench-peers
bench-peers: $(READY) ## Compare with other servers (LISTINGS=10000,100000 ROUNDS=9 SECONDS=3 ONLY=names BENCH_FOLDER=)
	@mkdir -p $(BENCH_PACKAGES) && $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --upgrade \
	  --target $(BENCH_PACKAGES) -r requirements-bench.lock >&2
	@command -v npm >/dev/null && npm ci --silent --no-audit --no-fund --ignore-scripts --prefix $(PEERS) >&2 || \
	  echo "Without Node and npm, or a registry, the rows of servers for Node stay empty." >&2
	@exec $(PY) -m tests.benches.bench_peers $(if $(LISTINGS),--listings $(LISTINGS)) $(if $(ROUNDS),--rounds $(ROUNDS)) \
	  $(if $(SECONDS),--seconds $(SECONDS)) $(if $(ONLY),--only '$(ONLY)') \
	  $(if $(BENCH_FOLDER),--folder '$(BENCH_FOLDER)')

.PHONY: token
token: $(READY) ## Sign in as a demo person and print the token: make token AS=supplier
	@$(if $(AS),,$(error say who: make token AS=participant|supplier|executive_body|contact_centre|administrator|authorised_body))$(PY) -m demo --port $(PORT) token --as $(AS)

.PHONY: sign
sign: $(READY) ## Sign with a demo certificate: make sign AS=participant FILE=path (or CONTENT=base64; KEY=auth)
	@$(if $(and $(AS),$(or $(FILE),$(CONTENT))),,$(error say who and what: make sign AS=participant FILE=path))$(PY) -m demo \
	  --port $(PORT) sign --as $(AS) --key $(or $(KEY),sign) $(if $(FILE),--file '$(FILE)',--content '$(CONTENT)')

.PHONY: demo
demo: $(READY) ## Tell the whole story against a real server (KILL=server|mongod|worker|all, N=times, URL=server)
	@$(PY) -m demo story $(if $(KILL),--kill $(KILL)) $(if $(N),--times $(N)) $(if $(URL),--url $(URL))

.PHONY: documents
documents: $(READY) ## Print the manifest of trusted documents: make documents FROM=folder > manifest.json
	@$(if $(FROM),,$(error say where the documents are: make documents FROM=folder))$(PY) app.py documents $(FROM)

.PHONY: seed
seed: $(READY) ## Fill the database with generated listings: make seed N=100000
	@$(PY) app.py seed $(if $(N),--listings $(N))

.PHONY: audit-verify
audit-verify: $(READY) ## Look for edits, deletions and truncation in the sealed audit (HEAD=a kept head, PACKAGE=folder)
	@$(PY) app.py audit-verify $(if $(HEAD),--head '$(HEAD)') $(if $(PACKAGE),--package '$(PACKAGE)')

.PHONY: lock
lock: ## Resolve requirements*.in anew (needs uv)
	@command -v uv >/dev/null || { echo "uv is needed: https://docs.astral.sh/uv" >&2; exit 1; }
	@$(COMPILE) requirements-dev.in -o requirements.lock
	@$(COMPILE) -c requirements.lock requirements.in -o requirements-run.lock
	@$(COMPILE) -c requirements.lock requirements-bench.in -o requirements-bench.lock

.PHONY: clean
clean: ## Throw away the environment, caches and local data
	@rm -rf $(VENV) .data .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.*
