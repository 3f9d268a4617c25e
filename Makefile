# Every target sets up what it needs: the pinned environment in .venv, and uv where it is missing.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON_VERSION := $(shell cat .python-version)
UV_VERSION := 0.13.9
# A version manager's shim can be on the PATH without a uv behind it: ask, do not look.
UV := $(shell uv --version >/dev/null 2>&1 && echo uv || echo .tools/bin/uv)
BIN := .venv/bin
DEPENDENCY_GROUPS := gateway jobs package build notebook local test dev
# Groups whose versions need not agree with the product's: each has an environment of its own.
LINTERS := lint terraform checkov
TOOL_GROUPS := $(LINTERS) jupyter peers
HOME_FOLDER ?= .mlsys/cloud

.PHONY: help
help: ## print every target
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.tools/bin/uv:
	@echo "uv is missing: installing $(UV_VERSION) into .tools"
	@$$(command -v python$(PYTHON_VERSION) || command -v python3) -m venv .tools
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.ready: requirements/dev.txt .python-version | $(filter .tools/bin/uv,$(UV))
	@$(UV) venv --quiet --allow-existing --python $(PYTHON_VERSION) .venv
	@echo "installing requirements/dev.txt into .venv"
	@$(UV) pip sync --quiet --require-hashes --compile-bytecode --python .venv requirements/dev.txt
	@touch $@

# The command `mlsys`, of this folder wherever it is typed; `uv pip sync` leaves alone what no package owns.
define COMMAND
#!/bin/sh
'''exec' "$$(dirname "$$0")/python" "$$0" "$$@"
' '''
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from mlsys.__main__ import console

sys.exit(console())
endef
export COMMAND

.venv/bin/mlsys: Makefile | .venv/.ready
	@printf '%s\n' "$$COMMAND" > $@
	@chmod +x $@

.PHONY: setup
setup: .venv/.ready .venv/bin/mlsys ## install the pinned environment and the command mlsys into .venv

.tools/%/.ready: requirements/%.txt .python-version | setup
	@$(UV) venv --quiet --allow-existing --python $(PYTHON_VERSION) $(@D)
	@echo "installing $< into $(@D)"
	@$(UV) pip sync --quiet --require-hashes --python $(@D) $<
	@touch $@

# What the demo and most tests score with; `make up` installs others when a model asks for them.
.PHONY: default-runtime
default-runtime: setup ## install the runtime that the demo and most tests score with
	@$(BIN)/python -m runtimes install sklearn-1.9

.PHONY: demo
demo: setup default-runtime ## run the whole product once, on the local cloud (KEEP=1 leaves it up, IMAGES=1 runs the images)
	@$(BIN)/python -m local.demo $(if $(KEEP),--keep) $(if $(IMAGES),--images)

.PHONY: up
up: setup ## start the local cloud in the foreground; Ctrl-C stops it
	@exec $(BIN)/python -m local up --home $(HOME_FOLDER)

.PHONY: env
env: .venv/.ready ## print what a shell needs to reach it: eval "$$(make -s env)"
	@$(BIN)/python -m local env --home $(HOME_FOLDER) $(if $(ENVIRONMENT),--environment $(ENVIRONMENT))

.PHONY: example
example: setup ## write a model.pkl here and a table to score to the local cloud that runs
	@$(BIN)/python -m local.demo.example --home $(HOME_FOLDER)

# Debian's packages; elsewhere, any Chromium or Chrome, zsh and fish on the PATH will do.
CHROMIUM := $(firstword $(foreach each,chromium chromium-browser google-chrome google-chrome-stable,$(shell command -v $(each))))
BROWSER_PACKAGES := $(if $(CHROMIUM),,chromium fonts-liberation)
SHELL_PACKAGES := $(strip $(foreach each,zsh fish,$(if $(shell command -v $(each)),,$(each))))

define install-packages
	@[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null || { \
	  echo "missing: $(1). Install it (Debian: sudo apt-get install $(1)) and run make again" >&2; exit 1; }
	@echo "installing Debian's $(1)"
	@apt-get update -qq
	@DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(1) >/dev/null
endef

.PHONY: browser
browser: ## install Chromium where it is missing
	$(if $(BROWSER_PACKAGES),$(call install-packages,$(BROWSER_PACKAGES)))

.PHONY: test-tools
test-tools: browser ## install what the tests run where it is missing: Chromium, zsh and fish
	$(if $(SHELL_PACKAGES),$(call install-packages,$(SHELL_PACKAGES)))

.PHONY: screenshots
screenshots: setup default-runtime browser ## take the pictures of the console in docs/screenshots, on a local cloud
	@$(BIN)/python -m docs.screenshots

# Most tests wait for processes that they start; each worker has a local cloud of its own.
ALL_TESTS := --numprocesses=auto --maxprocesses=4 --dist=loadfile

.PHONY: test
test: setup default-runtime test-tools .tools/lint/.ready .tools/terraform/.ready ## run every test, or some: ARGS="tests/unit -k layout"
	@$(if $(ARGS),,$(BIN)/python -m tests.zoo)
	@$(BIN)/coverage erase
	@$(BIN)/pytest --cov --cov-report= $(or $(ARGS),$(ALL_TESTS))
	@$(BIN)/coverage report

.PHONY: chaos
chaos: setup default-runtime ## kill, refuse and cut every external call of a run in turn; takes minutes
	@$(BIN)/pytest -m chaos tests/faults $(ARGS)

.PHONY: fuzz
fuzz: setup default-runtime ## mutate honest and hostile models for ten minutes each way: no crash, no execution, no hang
	@$(BIN)/pytest tests/faults/pickles/test_fuzz.py tests/faults/pickles/test_states.py -s --timeout=0 --fuzz-seconds=600 $(ARGS)

.PHONY: zoo
zoo: setup ## prove, score and attack models in every runtime, which it installs twice; takes an hour (RUNTIMES=sklearn-1.2)
	@$(BIN)/python -m tests.zoo $(or $(RUNTIMES),all)
	@$(BIN)/pytest tests/contract/runtimes tests/faults/wall tests/e2e/product/test_zoo.py \
	  --runtimes=$(or $(RUNTIMES),all) $(ARGS)

.PHONY: bench
bench: setup default-runtime ## measure speed and memory beside legacy and floor baselines; takes a quarter of an hour
	@$(BIN)/python -m benchmarks $(ARGS)

.PHONY: bench-peers
bench-peers: setup .tools/peers/.ready ## the same beside MLflow, Spark, Ray and Dask, which it installs
	@$(BIN)/python -m benchmarks --peers_python .tools/peers/bin/python $(ARGS)

.PHONY: images
images: setup ## build both images with podman or docker, try everything in them, print sizes (BASE=… RUNTIMES="sklearn-1.9")
	@$(BIN)/python -m deployment.images build $(if $(BASE),--base=$(BASE)) $(if $(RUNTIMES),--runtimes="$(RUNTIMES)") $(ARGS)

LINT := .tools/lint/bin
DOCKERFILES = $(wildcard Dockerfile.*)
WORKFLOWS = $(wildcard .github/workflows/*.yml)

.PHONY: check
check: setup $(LINTERS:%=.tools/%/.ready) ## run every linter, check types and import contracts, plan Terraform offline
	@$(BIN)/pre-commit run --all-files --show-diff-on-failure
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(LINT)/check-jsonschema --check-metaschema jobs/metadata/schema.json
	@$(if $(DOCKERFILES),$(LINT)/hadolint $(DOCKERFILES))
	@$(if $(WORKFLOWS),$(LINT)/check-jsonschema --builtin-schema vendor.github-workflows $(WORKFLOWS))
	@$(if $(WORKFLOWS),$(LINT)/zizmor --offline --quiet .github)
	@$(BIN)/python -m deployment.workflows $(WORKFLOWS)
	@.tools/terraform/bin/python -m deployment.terraform check
	@.tools/checkov/bin/checkov --config-file .checkov.yaml

.PHONY: hooks
hooks: setup .tools/lint/.ready .tools/terraform/.ready ## look at each commit before it is made
	@$(BIN)/pre-commit install

.PHONY: format
format: setup .tools/terraform/.ready ## format the code and mend what can be mended
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@.tools/terraform/bin/python -m deployment.terraform format

.PHONY: jupyter
jupyter: setup .tools/jupyter/.ready ## open the notebooks in a browser, on the local cloud that runs
	@$(BIN)/python -m ipykernel install --prefix .tools/jupyter --env PYTHONPATH "$(CURDIR)" >/dev/null
	@variables="$$($(MAKE) env)" && eval "$$variables" && exec .tools/jupyter/bin/jupyter lab --notebook-dir notebooks $(ARGS)

.PHONY: notebooks
notebooks: setup default-runtime ## run every notebook on a local cloud of its own, and keep the outputs
	@$(BIN)/python -m notebooks.execute $(ARGS)

.PHONY: deploy-settings
deploy-settings: setup ## set what Terraform cannot on Eventarc's subscriptions (ENV=dev; CHECK=1 only looks)
	@$(BIN)/python -m deployment.eventarc_delivery $(if $(CHECK),check,apply) --env=$(ENV)

.PHONY: reference
reference: setup ## write docs/reference/ from the code and the schemas it tells of
	@$(BIN)/python -m docs.reference.generate

# Models are scored in these: see docs/runtimes.md.
.PHONY: runtime
runtime: setup ## list the runtimes; SKLEARN=1.5 adds or refreshes one (PYTHON=3.11 DATE=2025-06-01 WITH="mypkg==1.0 ./my.whl")
	@$(BIN)/python -m runtimes $(if $(SKLEARN),add "$(SKLEARN)" --python="$(PYTHON)" $(if $(DATE),--date="$(DATE)") --with="$(WITH)")

.PHONY: runtimes
runtimes: setup ## install every runtime into .runtimes
	@$(BIN)/python -m runtimes install $(ARGS)

.PHONY: wheel
wheel: setup ## build the package that others install: dist/mlsys-….whl
	@$(UV) build --quiet --no-build-isolation --python .venv --clear

.PHONY: lock
lock: setup ## compile pyproject.toml's groups into requirements/, and the default runtime's versions
	@for group in dev $(filter-out dev,$(DEPENDENCY_GROUPS)); do \
	  $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
	    --python-version $(PYTHON_VERSION) $$([ $$group = dev ] || echo --constraint requirements/dev.txt) \
	    --group $$group --output-file requirements/$$group.txt; \
	done
	@for group in $(TOOL_GROUPS); do \
	  $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
	    --python-version $(PYTHON_VERSION) --group $$group --output-file requirements/$$group.txt; \
	done
	@$(BIN)/python -m runtimes lock

.PHONY: clean
clean: ## remove the local cloud's data, the environments, the runtimes and every cache
	@rm -rf .mlsys .runtimes .venv .tools dist .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
