# The short way in. `make demo` and `make test` do all the set-up; everything else is for people who work on it.
# Each target says what it does; `make help` lists them. A plain CMake build works too: see CMakePresets.json.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

JOBS ?= $(shell nproc)
# TRAINING=no leaves out the trainer's tests, and with them the download of PyTorch.
TRAINING ?= yes
FUZZ_SECONDS ?= 30
# The rooms are pure functions; these use threads.
TSAN_TARGETS := engine_test acoustic_test scorer_test end_to_end_test server_test
TOOLS := .deps/tools/bin
export CTEST_OUTPUT_ON_FAILURE = 1
# What make runs leaves nothing in the user's own cache.
export HIGGINS_CACHE ?= off

.PHONY: help
help:  ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup setup-test setup-check setup-training setup-web
setup:
	@tools/setup.sh build
setup-test:
	@tools/setup.sh build test server-test
setup-check:
	@tools/setup.sh build test server-test check
setup-web:
	@tools/setup.sh web
setup-training:  ## The trainer's Python packages (PyTorch and more) into .venv
	@tools/setup.sh build training

# configure PRESET [CACHE ENTRIES]: only when there is no build file yet; afterwards ninja looks after itself.
define configure
	@[[ -f build/$(1)/build.ninja ]] || { echo "configure: $(1)"; cmake --preset $(1) $(2) >build/$(1).log 2>&1 || { tail -n 30 build/$(1).log; exit 1; }; }
endef
build:
	@mkdir -p build

.PHONY: release demo install
release: setup | build  ## The release binary: build/release/higgins
	$(call configure,release,-DHIGGINS_TESTS=OFF)
	@echo "build: build/release/higgins"
	@ninja -C build/release -j $(JOBS) --quiet higgins_program

demo: release  ## Set up, build, and assess the recordings of examples/
	@tools/demo.sh build/release/higgins

install: release  ## Install (PREFIX=/usr/local)
	@cmake --install build/release --prefix $${PREFIX:-/usr/local}

.PHONY: python-module
python-module: setup-training  ## The Python module, in build/python: the API, and the features for training
	@tools/python_module.sh $(JOBS)

.PHONY: test test-cpp test-python test-training
test: setup-test test-cpp test-python test-azure  ## Set up, build, and run all tests
	@if [[ "$(TRAINING)" == yes ]]; then $(MAKE) setup-training test-training; else echo "trainer's tests: left out (TRAINING=$(TRAINING))"; fi

# What `make release` configured knows no tests: it needs no GoogleTest.
test-cpp: setup-test | build
	@! grep -qs '^HIGGINS_TESTS:.*=OFF$$' build/release/CMakeCache.txt || rm -f build/release/build.ninja
	$(call configure,release)
	@echo "build: everything, with the tests"
	@ninja -C build/release -j $(JOBS) --quiet
	@ctest --preset release -j $(JOBS)

test-python: setup-test
	@echo "python: ruff (the tests of the tools run with ctest)"
	@$(TOOLS)/ruff check -q .

test-training: | build  ## The trainer's tests (needs setup-training)
	@tools/test_training.sh $(JOBS)

# The lock file names versions and checksums; nothing of a package runs while it is installed. The pages that are built
# are only looked at by the server when it starts.
WEB_SOURCES := $(shell find web -name node_modules -prune -o -name dist -prune -o -type f -print 2>/dev/null)
.PHONY: web test-web
web: web/dist/index.html  ## The page of the server: web/dist (TypeScript, bundled)
web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	@tools/setup.sh web
	@echo "web: node packages"
	@cd web && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	@echo "web: types, bundle"
	@cd web && npm run --silent check && npm run --silent build

test-web: release web  ## The page's tests: its pure parts in Node, all of it in headless Chromium
	@cd web && npm test --silent

.PHONY: test-azure
tests/azure/node_modules/.package-lock.json: tests/azure/package.json tests/azure/package-lock.json
	@tools/setup.sh test web
	@echo "azure: node packages"
	@cd tests/azure && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

test-azure: release tests/azure/node_modules/.package-lock.json  ## The unmodified Speech SDK against the server, in Node and in Chromium
	@cd tests/azure && npm test --silent

.PHONY: soak load deploy-check
SOAK_REQUESTS ?= 100000
SERVER_PYTHON := .deps/server_e2e/bin/python
soak: setup-test release  ## The server for long: SOAK_REQUESTS (100000) mixed requests, slow connections, kill -9 in 1,000 jobs
	@$(SERVER_PYTHON) tests/server_e2e/soak.py --requests $(SOAK_REQUESTS)
	@$(SERVER_PYTHON) tests/server_e2e/drip.py
	@HIGGINS_SCHEMA_EXAMPLES=100 $(SERVER_PYTHON) -m pytest -q -s \
	  tests/server_e2e/test_jobs_killed.py tests/server_e2e/test_openapi.py

LOAD_SECONDS ?= 60
load: setup-test release  ## Open-loop load on the server, and on FastAPI + onnxruntime (LOAD_SECONDS a phase: 60)
	@tools/setup.sh load
	@if tools/python_module.sh $(JOBS); then compared=; else compared=--no-baseline; \
	  echo "load: without the Python module (make setup-training) there is nothing to compare with"; fi; \
	  $(SERVER_PYTHON) bench/load.py --seconds $(LOAD_SECONDS) $$compared

deploy-check: setup-test release  ## What `make test` leaves out of deploy/: the chart by Helm's own library, the size of the image
	@tools/setup.sh deploy
	@.deps/deploy_check/bin/python -m pytest -q tests/deploy/helm_check.py
	@deploy/image_size.sh

.PHONY: check format-check tidy asan tsan tsan-load fuzz format
check: format-check asan tsan fuzz tidy  ## What CI runs beyond the tests: sanitizers, fuzzers, format, lint

format-check: setup-check
	@echo "format: clang-format 16, ruff"
	@git ls-files -z '*.cc' '*.h' | xargs -0 -r clang-format-16 --dry-run --Werror
	@$(TOOLS)/ruff format --check -q . 
	@$(TOOLS)/ruff check -q .

format: setup-check  ## Rewrite the sources in the project's format
	@git ls-files -z '*.cc' '*.h' | xargs -0 -r clang-format-16 -i
	@$(TOOLS)/ruff format -q .

tidy: setup-check | build  ## clang-tidy over src/ and transports
	@tools/tidy.sh $(JOBS)

asan: setup-check | build  ## All C++ tests under AddressSanitizer and UndefinedBehaviorSanitizer
	$(call configure,asan)
	@echo "build: asan"
	@ninja -C build/asan -j $(JOBS) --quiet
	@tools/sanitized_ctest.sh asan $(JOBS)

tsan: setup-check | build  ## The tests that use threads under ThreadSanitizer
	$(call configure,tsan)
	@echo "build: tsan ($(TSAN_TARGETS))"
	@ninja -C build/tsan -j $(JOBS) --quiet $(TSAN_TARGETS)
	@tools/sanitized_ctest.sh tsan $(JOBS)

TSAN_REQUESTS ?= 2000
tsan-load: setup-check setup-test | build  ## The server under ThreadSanitizer and TSAN_REQUESTS (2000) mixed requests: a race ends it
	$(call configure,tsan)
	@echo "build: tsan (higgins)"
	@ninja -C build/tsan -j $(JOBS) --quiet higgins
	@tools/sanitized_soak.sh $(SERVER_PYTHON) $(TSAN_REQUESTS)

fuzz: setup-check | build  ## Each fuzz target for FUZZ_SECONDS (30)
	$(call configure,fuzz)
	@echo "build: fuzz"
	@ninja -C build/fuzz -j $(JOBS) --quiet fuzz/all
	@fuzz/run.sh build/fuzz $(FUZZ_SECONDS)

.PHONY: clean
clean:  ## Remove the build folders (not .deps, .venv and web/node_modules)
	@rm -rf build/release build/asan build/tsan build/fuzz build/dev web/dist
