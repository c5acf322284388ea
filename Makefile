# Sets up, builds, serves and tests; `make help` lists the targets.

# The first Python that is new enough; PYTHON=… overrides it.
PYTHON ?= $(firstword $(foreach python,python3 python3.13 python3.12 python3.11, \
	$(shell $(python) -c 'import sys; print("$(python)" * (sys.version_info >= (3, 11)))' 2>/dev/null)))
HOST ?= 127.0.0.1
PORT ?= 8001
WORKERS ?= 2
ALLOW_HOST ?=
METADATA ?=
DUMPS ?= seeds
PAPERS ?= 1000000
VENV := .venv
BIN := $(VENV)/bin
# Wheels only: nothing is compiled, and no setup script of another package is run. Each has the hash
# of requirements/, which has all that is needed; pip upgrades itself to the pinned one first of all.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: --no-deps
PINNED := $(PIP) --require-hashes
NOT_INSTALLED := { echo "A package could not be installed; pip says above which, and why. Without a" \
	"network, try again with one. If there is no wheel of it for this machine, use Python 3.11 to" \
	"3.13, as in: make PYTHON=python3.12 …; more in docs/troubleshooting.md"; exit 1; } >&2

# The build requirements of pyproject.toml, and of an editable installation.
BUILT_WITH := pip hatchling editables
# Pins for every system and Python; their hashes, at the versions of constraints.txt; and without the
# packages of other files of requirements/.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11.0 --only-binary :all: \
	--no-annotate --no-header
HASHED := $(COMPILE) --generate-hashes --constraint constraints.txt
without = $$(sed -n 's/^\([a-z0-9.-]*\)==.*/--no-emit-package \1/p' $(1:%=requirements/%.txt))

# One thread a process: more only wait for each other.
TRAINING := OPENBLAS_NUM_THREADS=1 $(BIN)/python

.DEFAULT_GOAL := help
.PHONY: help audit sbom serve serve-public build wheel export check counts test lint format eval train bench bench-load bench-phone bench-faults bench-large golden screenshots constraints requirements publish clean chromium nginx

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

serve: build ## Build papers.db and serve it on http://127.0.0.1:8001 (PORT=… for another)
	exec $(BIN)/daily-papers serve papers.db --port $(PORT) $(addprefix --metadata ,$(METADATA))

serve-public: build ## Serve it publicly (ALLOW_HOST="papers.example.org" HOST=0.0.0.0 WORKERS=4)
	exec $(BIN)/daily-papers serve papers.db --public --host $(HOST) --port $(PORT) --workers $(WORKERS) \
		$(addprefix --allow-host ,$(ALLOW_HOST)) $(addprefix --metadata ,$(METADATA))

build: $(VENV)/serve ## Build papers.db from seeds/ (DUMPS="seeds …" for other folders)
	$(BIN)/daily-papers build $(DUMPS) --output papers.db

wheel: $(VENV)/serve ## Build the wheel, with the site in it, into dist/
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

export: $(VENV)/export build ## Write papers.db as Parquet, CSV and more into export/
	$(BIN)/daily-papers export papers.db --into export

check: build ## Run the data tests on papers.db; for seeds/, compare counts with tests/seeds.counts
	$(BIN)/daily-papers check papers.db $(if $(filter-out seeds,$(DUMPS)),,--counts tests/seeds.counts)

counts: build ## Write tests/seeds.counts after an intended change
	$(BIN)/daily-papers check papers.db --write-counts tests/seeds.counts

test: lint chromium nginx check ## Lint, then run all tests
	$(BIN)/pytest --numprocesses 2 --dist worksteal

eval: build $(VENV)/test ## Measure facts (cross-validated) and search against hand-made labels
	$(TRAINING) eval/cross_validation.py
	@echo "130 papers of the seeds with the weights of the package, which were trained on them:"
	$(BIN)/python eval/score_facts.py papers.db
	$(BIN)/python eval/search_scores.py

train: $(VENV)/test ## Train the models of facts from the labels in eval/, and measure them
	$(TRAINING) eval/train.py
	$(TRAINING) eval/cross_validation.py --write
	$(BIN)/python eval/search_scores.py --write

bench: build ## Measure the speed of facts, builds, search and pages, beside a floor or plain Datasette
	$(BIN)/python bench/extraction_cost.py
	$(BIN)/python bench/build_cost.py 10000 100000
	$(BIN)/python bench/search_cost.py papers.db
	$(BIN)/python bench/page_cost.py papers.db
	$(BIN)/python bench/route_cost.py papers.db

bench-phone: chromium build ## Measure the largest paint of each kind of page on a slow phone
	$(BIN)/python bench/phone_paint.py papers.db

bench-load: build ## Measure how many clients can be served, beside plain Datasette and behind nginx
	$(BIN)/python bench/load_test.py papers.db

bench-faults: build ## Inject faults into a served site, and report lost requests
	$(BIN)/python bench/fault_injection.py papers.db

sbom: $(VENV)/serve ## Write sbom.cdx.json, the packages that the site runs with (CycloneDX)
	$(BIN)/python deploy/sbom.py > sbom.cdx.json

audit: $(VENV)/test ## Check the pinned packages for known vulnerabilities
	$(BIN)/pip-audit --strict --disable-pip --no-deps --requirement constraints.txt

bench-large: $(VENV)/serve ## Measure builds, search and pages with generated papers (PAPERS=1000000; takes long)
	$(BIN)/python bench/build_cost.py $(PAPERS)
	$(BIN)/python bench/search_cost.py generated/papers.db
	$(BIN)/python bench/page_cost.py generated/papers.db

lint: $(VENV)/test ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/test ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

golden: $(VENV)/test ## Rewrite the golden files after an intended change of what is built
	$(BIN)/pytest tests/test_golden.py tests/test_contract.py tests/site/test_metadata.py --rewrite-golden

screenshots: $(VENV)/test chromium build ## Take the screenshots in docs/ again
	$(BIN)/pytest tests/site/test_screenshots.py --screenshots docs/screenshots

constraints: $(VENV)/test ## Upgrade the pinned versions and hashes, in constraints.txt and requirements/
	printf '%s\n' $(BUILT_WITH) | $(COMPILE) pyproject.toml - --all-extras --upgrade \
		--output-file constraints.txt
	$(MAKE) requirements

requirements: ## Write requirements/, the packages of constraints.txt with their hashes
	printf '%s\n' $(BUILT_WITH) | $(HASHED) - --output-file requirements/build.txt
	$(HASHED) pyproject.toml --output-file requirements/serve.txt
	$(HASHED) pyproject.toml --extra export $(call without,serve) --output-file requirements/export.txt
	printf '%s\n' $(BUILT_WITH) | $(HASHED) pyproject.toml - --all-extras \
		$(call without,build serve export) --output-file requirements/test.txt

publish: $(VENV)/export ## Run STEPS of the daily publishing (deploy/publish_daily.py lists them)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python deploy/publish_daily.py $(STEPS)

clean: ## Remove the environment, the database and all caches
	rm -rf $(VENV) dist generated published export sbom.cdx.json papers.db papers.db.building .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Each stamp file means: installed, from the files of requirements/.
$(VENV)/serve: pyproject.toml requirements/build.txt requirements/serve.txt
	@"$(or $(PYTHON),python3)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python" \
		"3.11 or newer is needed; name one, as in: make serve PYTHON=/opt/python3.12/bin/python3"; \
		exit 1; } >&2
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear $(VENV) || { \
		rm -rf $(VENV); echo "No environment could be made; Python says above why." \
		"On Debian and Ubuntu it may need: sudo apt-get install python3-venv"; exit 1; } >&2
	@$(PINNED) --requirement requirements/build.txt --requirement requirements/serve.txt || $(NOT_INSTALLED)
	@$(PIP) --no-build-isolation --editable . || $(NOT_INSTALLED)
	@touch $@

$(VENV)/export: $(VENV)/serve requirements/export.txt
	@$(PINNED) --requirement requirements/export.txt || $(NOT_INSTALLED)
	@touch $@

$(VENV)/test: $(VENV)/export requirements/test.txt
	@$(PINNED) --requirement requirements/test.txt || $(NOT_INSTALLED)
	@touch $@

chromium:
	@if command -v chromium >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; \
	else \
		echo "No chromium on the PATH: browser tests are skipped. Install it, as in:" \
			"sudo apt-get install chromium"; \
	fi

nginx:
	@if command -v nginx >/dev/null || [ -x /usr/sbin/nginx ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq nginx-light gettext-base; \
	else \
		echo "No nginx here: tests of the cache are skipped. Install it, as in:" \
			"sudo apt-get install nginx-light"; \
	fi
