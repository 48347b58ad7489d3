# `make` prints what there is to do.
#
# Two builds of the native module live side by side and never meet:
#   run   the release build (LTO), installed with the package as a wheel into .venv
#   test  the fast profile, copied beside the sources; tests and linters put python/ first on the path
VENV ?= .venv
PYTHON ?= python3
ARGS ?=
# Tests run with fixed seeds; property tests run once more with this one, which is printed.
ifndef SEED
SEED := $(shell od -An -N4 -tu4 /dev/urandom | tr -d ' ')
endif
JOBS ?= auto
# How often `make crash` kills.
N ?= 20
# Records that its journal holds before the first kill, and a directory of the example long_journal to begin with.
RECORDS ?= 0
BEGIN ?=

# Requests of each role in `make long-api`.
CASES ?= 20000

# Seeds of `make sim` from START on; SEED=k runs that one alone, TRACE=1 tells everything that happens in it.
SEEDS ?= 1000
START ?= 0
SIM_ONE = $(filter-out file undefined,$(origin SEED))
SIM_ARGS = --seeds $(SEEDS) --from $(START) $(if $(SIM_ONE),--seed $(SEED)) $(if $(TRACE),--trace) $(if $(MUTANT),--mutant $(MUTANT)) $(ARGS)

# Damaged messages that `make long` sends to each decoder.
MUTATIONS ?= 10000000

# The clients of `make conformance`: ccxt pins another uvloop than ours.
CLIENTS ?= .venv-conformance

PY := $(VENV)/bin/python
SOURCE := PYTHONPATH=python $(PY)
PIP := $(PY) -m pip --disable-pip-version-check --quiet
PROPERTIES := $(patsubst core-rs/tests/%.rs,--test %,$(wildcard core-rs/tests/*propert*.rs))
EXT := python/tidegate/_core.abi3.so
RUST := Cargo.toml Cargo.lock core-rs/Cargo.toml $(shell find core-rs/src -name '*.rs')
# The interface needs Node to build and nothing to run; without Node the server has a plain page.
UI := python/tidegate/api/static/ui/index.html
WEB := $(shell find web -path web/node_modules -prune -o -type f -not -name schema.d.ts -not -name openapi.json -print)
HAS_NODE := $(shell node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' 2>/dev/null && command -v npm)
PYTHONS := pyproject.toml README.md $(shell find python -path '*/static/ui' -prune -o -type f -not -name '*.so' -not -name '*.pyc' -print)

.DEFAULT_GOAL := help
.PHONY: help run build web wheel conformance test test-rust test-sim test-python test-web test-browser lint lint-rust lint-python lint-web format ext sim sim-mutants crash restarts long long-api bench new-venue clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

run: build ## build what changed, start profile sim on 127.0.0.1:7000 (ARGS="--port 7001")
	@exec $(VENV)/bin/tidegate run --profile sim $(ARGS)

build: $(VENV)/.built ## the release build, installed into .venv

web: $(UI) ## the interface, built into the package (Node 20 or newer)

wheel: $(VENV)/.deps $(UI) ## a wheel with the interface in dist/; needs neither Rust nor Node to install
	VIRTUAL_ENV=$(abspath $(VENV)) $(VENV)/bin/maturin build --release --locked --quiet --out dist
	@ls dist/*.whl

test: ext ## everything: Rust, Python, the interface, real processes
	@echo "fresh seed: $(SEED)  (again with: make test SEED=$(SEED))"
	@$(MAKE) --no-print-directory test-rust test-sim test-python $(if $(HAS_NODE),test-web test-browser) SEED=$(SEED)

test-rust: ## the core's tests, fixed seed, then property tests with the fresh one
	PROPTEST_RNG_SEED=1 cargo test --workspace --locked --quiet
	PROPTEST_RNG_SEED=$(SEED) cargo test --workspace --locked --quiet $(PROPERTIES)

# Fresh seeds lie beyond the fixed ones. A seed in twenty runs twice; what fails prints the command that replays it.
test-sim: ext ## the fault simulator: 5,000 fixed seeds, what they must reach, 1,000 fresh ones
	$(SOURCE) -m tidegate sim --seeds 5000
	$(SOURCE) -m tidegate sim --seeds 1000 --from $$((1000000 + $(SEED)))

test-python: ext ## unit, contract and process tests in parallel
	export TIDEGATE_TEST_POSTGRES="$$(scripts/test-postgres)"; \
	$(SOURCE) -m pytest -n $(JOBS) --dist loadgroup --hypothesis-seed=1 $(ARGS); status=$$?; \
	[ $$status -ne 0 ] || { $(SOURCE) -m pytest -k propert --hypothesis-seed=$(SEED) $(ARGS); status=$$?; }; \
	[ $$status -ne 5 ] || status=0; \
	scripts/test-postgres stop; exit $$status

test-web: web/node_modules/.ready web/src/api/schema.d.ts ## the interface's logic
	cd web && npm run --silent test

test-browser: ext $(UI) ## the interface in Chromium, through the real server and simulated venues
	scripts/setup-system e2e
	cd web && PYTHONPATH=$(abspath python) TIDEGATE_PYTHON=$(abspath $(PY)) node e2e/run.mjs $(ARGS)

lint: lint-rust lint-python $(if $(HAS_NODE),lint-web) ## every gate

lint-rust: ## rustfmt, clippy with and without the boundary, floors
	scripts/setup-system lint
	cargo fmt --all --check
	cargo clippy --workspace --locked --quiet -- -D warnings
	cargo clippy --workspace --features python --locked --quiet -- -D warnings
	@# A helper of a test may stop it; nothing else may panic.
	cargo clippy --workspace --tests --benches --locked --quiet -- -D warnings -A clippy::unwrap_used -A clippy::expect_used -A clippy::panic
	cargo test --locked --quiet --test floors

lint-python: ext ## ruff, mypy, stubtest, import rules, tidy
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(SOURCE) -m mypy.stubtest tidegate._core
	PYTHONPATH=python $(VENV)/bin/lint-imports
	$(SOURCE) -m pytest tests/tidy

lint-web: web/node_modules/.ready web/src/api/schema.d.ts ## types, hooks, who imports whom
	cd web && npm run --silent check && npm run --silent lint

format: $(VENV)/.dev ## rustfmt and ruff, in place
	cargo fmt --all
	$(PY) -m ruff format .

ext: $(VENV)/.dev $(EXT) ## the native module, fast profile, beside the sources

sim: build ## seeds of the fault simulator (SEEDS=1000 START=0, or SEED=k TRACE=1; MUTANT=name)
	@$(VENV)/bin/tidegate sim $(SIM_ARGS)

sim-mutants: build ## every flawed design with the first seed that catches it
	@$(VENV)/bin/tidegate sim --mutants --seeds 10000

conformance: build $(CLIENTS)/.installed ## other people's clients (ccxt, exchange SDKs) against the simulated venues
	TIDEGATE=$(abspath $(VENV))/bin/tidegate $(CLIENTS)/bin/python -m pytest -c tests/conformance/pytest.ini --rootdir . tests/conformance $(ARGS)

crash: build ## kill -9 of the whole service at random moments (N=20, RECORDS=0), against the venues' own books
	@$(PY) -m tests.e2e.crash --kills $(N) --seed $(SEED) --records $(RECORDS) $(if $(BEGIN),--begin $(BEGIN))

new-venue: ## begins a venue: its files, its tests, its lines in the tables (NAME=x); docs/adding-a-venue.md
	@scripts/new-venue "$(NAME)"
	@cargo fmt --all
	@[ ! -x $(PY) ] || $(PY) -m ruff format --quiet python/tidegate/venues python/tidegate/model tests/unit/venues

long-api: ext ## generated requests as each role (CASES=20000), minutes to an hour; goes on where it was stopped
	@mkdir -p target
	$(SOURCE) -m tests.e2e.fuzz --cases $(CASES) --seed 1 --state target/long-api.json $(ARGS)

restarts: ## restarts from every state that a 10,000-record journal can be left in; minutes
	TIDEGATE_LONG=1 cargo test --release --locked --test journal_restart -- --nocapture

long: ## damaged messages to each venue decoder (MUTATIONS=10000000, SEED=k), each failure of each venue; tables, exit 1 on any fault
	TIDEGATE_MUTATIONS=$(MUTATIONS) TIDEGATE_MUTATION_SEED=$(SEED) \
	cargo test --release --locked --test vectors damaged_messages -- --nocapture
	TIDEGATE_LONG=1 cargo test --release --locked --test outages -- --nocapture

bench: build $(VENV)/.dev ## benchmarks (see benches/README.md)
	cargo bench --workspace --locked
	$(PY) -m pytest benches -p no:xdist --benchmark-only

clean: ## everything that was built; data directories stay
	cargo clean
	rm -rf $(VENV) $(CLIENTS) $(EXT) $(dir $(UI)) web/node_modules web/openapi.json web/src/api/schema.d.ts

$(EXT): $(RUST)
	cargo build --features python --locked
	@# Under a new name first: a running test process keeps the module that it has mapped.
	cp target/debug/libtidegate_core.so $@.new && mv -f $@.new $@

$(PY):
	PYTHON=$(PYTHON) scripts/setup-system
	$(PYTHON) -m venv $(VENV)

$(VENV)/.dev: requirements-dev.lock | $(PY)
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

$(CLIENTS)/.installed: tests/conformance/requirements.lock | $(PY)
	$(PYTHON) -m venv $(CLIENTS)
	$(CLIENTS)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r $<
	@touch $@

$(VENV)/.deps: requirements.lock requirements-build.lock | $(PY)
	$(PIP) install --require-hashes -r requirements.lock -r requirements-build.lock
	@touch $@

$(UI): $(WEB) web/node_modules/.ready web/src/api/schema.d.ts
	cd web && npm run --silent check && npm run --silent build -- --logLevel warn
	@touch $@

web/node_modules/.ready: web/package.json web/package-lock.json
	cd web && npm ci --silent
	@touch $@

# The server's routes decide the types; the file is only new when its content is.
web/src/api/schema.d.ts: web/openapi.json web/scripts/types.mjs web/node_modules/.ready
	cd web && npm run --silent types

web/openapi.json: $(wildcard python/tidegate/api/*.py python/tidegate/api/routes/*.py) scripts/openapi | $(if $(wildcard $(VENV)/.dev),$(VENV)/.dev,$(VENV)/.deps)
	@$(SOURCE) scripts/openapi > $@.new && { cmp -s $@.new $@ && touch $@ || cp $@.new $@; }; rm $@.new

$(VENV)/.built: $(VENV)/.deps $(RUST) $(PYTHONS) $(if $(HAS_NODE),$(UI))
	rm -rf target/wheels
	VIRTUAL_ENV=$(abspath $(VENV)) $(VENV)/bin/maturin build --release --locked --quiet --out target/wheels
	$(PIP) install --no-deps --force-reinstall target/wheels/*.whl
	@touch $@
