# Everything that people do often. `make` alone lists it.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
BUILD := setup.py setup.cfg pyproject.toml $(wildcard $(addprefix scanner/capture/kernel/,*.py *.pxd */*.py */*.pxd))
DEMO := fixtures/plants/bottling
REPORT ?= demo-report
TIME ?= 60
N ?= 300
SEED ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1
PIP = PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet

.PHONY: help install fuzz demo test lint format record conformance changes adequacy adversarial crossed violated mutation bench words docs site screenshots man package clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "otaudit needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) --upgrade pip

$(VENV)/.installed: $(BIN)/python $(BUILD)
	$(PIP) --editable .
	@touch $@

$(VENV)/.test: $(BIN)/python $(BUILD)
	$(PIP) --editable '.[test]'
	@touch $@ $(VENV)/.installed

$(VENV)/.lint: $(BIN)/python $(BUILD)
	$(PIP) --editable '.[test,lint]'
	@touch $@ $(VENV)/.test $(VENV)/.installed

$(VENV)/.mutation: $(BIN)/python $(BUILD)
	$(PIP) --editable '.[test,mutation]'
	@touch $@ $(VENV)/.test $(VENV)/.installed

$(VENV)/.record: $(BIN)/python $(BUILD)
	$(PIP) --editable '.[test,record]'
	@touch $@ $(VENV)/.test $(VENV)/.installed

$(VENV)/.site: $(BIN)/python $(BUILD)
	$(PIP) --editable '.[test,site]'
	@touch $@ $(VENV)/.test $(VENV)/.installed

$(VENV)/.screenshots: $(BIN)/python $(BUILD)
	$(PIP) --editable '.[test,screenshots]'
	@touch $@ $(VENV)/.test $(VENV)/.installed

install: $(VENV)/.test  ## otaudit and what its tests need, in .venv
	@echo ". $(BIN)/activate"

demo: $(VENV)/.installed  ## scan the demo plant and say where the report is
	@mkdir -p $(REPORT)
	@$(BIN)/otaudit scan $(DEMO) -o $(REPORT)/report.html -o $(REPORT)/results.json -o $(REPORT)/results.sarif \
	  --fail-on never
	@echo "The report: $(abspath $(REPORT)/report.html)"

test: $(VENV)/.test  ## the whole test suite, every rule's examples among it
	$(BIN)/python -m pytest -n auto --dist worksteal

lint: $(VENV)/.lint  ## ruff and mypy, as CI runs them
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict scanner

format: $(VENV)/.lint  ## let ruff put the code in shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

record: $(VENV)/.record  ## record fixtures from a real protocol stack: make record NAME=modbus
	@test -n "$(NAME)" || { echo "say which: make record NAME=modbus"; ls fixtures/record; exit 1; }
	$(BIN)/python -m fixtures.record.$(NAME)

conformance: $(VENV)/.test  ## compare with tshark over a folder of captures: make conformance CORPUS=dir
	@test -n "$(CORPUS)" || { echo "say where the captures are: make conformance CORPUS=dir"; exit 1; }
	$(BIN)/python -m tests.conformance $(CORPUS)

fuzz: $(VENV)/.test  ## look for inputs on which otaudit fails: make fuzz TIME=60 (seconds), TARGET=protocol-modbus
	$(BIN)/python -m tests.fuzz $(TIME) $(TARGET)
	$(if $(filter-out kernel,$(TARGET)),,$(BIN)/python -m tests.fuzz.kernel $(TIME))

changes: $(VENV)/.test  ## whatever changes a controller is in the results and judged: make changes CORPUS=dir
	@test -n "$(CORPUS)" || { echo "say where the captures are: make changes CORPUS=dir"; exit 1; }
	$(BIN)/python -m tests.conformance.changes $(CORPUS)

adequacy: $(VENV)/.test  ## what part of planted violations each rule sees, in docs/adequacy.md
	$(BIN)/python -m tests.adequacy

adversarial: $(VENV)/.test  ## violations and innocents in forms that nobody chose, all of them
	$(BIN)/python -m tests.adversarial

crossed: $(VENV)/.test  ## some of them at random, each in a further form: make crossed SEED=1 NUMBER=100
	$(BIN)/python -m tests.adversarial.crossed $(or $(SEED),1) $(or $(NUMBER),100)

violated: $(VENV)/.test  ## planted violations at random, each told otherwise: make violated SEED=1 NUMBER=100
	$(BIN)/python -m tests.adversarial.violated $(or $(SEED),1) $(or $(NUMBER),100)

mutation: $(VENV)/.mutation  ## are changes of the engine noticed, in docs/mutation.md: make mutation N=300 SEED=1
	$(BIN)/python -m tests.mutation $(N) $(SEED)

bench: $(VENV)/.test  ## throughput and memory on generated captures, beside suricata where it is installed
	$(BIN)/python -m benchmarks.run
	$(BIN)/python -m benchmarks.kernel
	$(BIN)/python -m benchmarks.distinct
	$(BIN)/python -m benchmarks.startup
	$(BIN)/python -m benchmarks.fleet

words: $(VENV)/.test  ## bring the catalogues up to date with what otaudit says; begin a language: make words LANGUAGE=de
	$(BIN)/python -m tests.wording.extraction $(LANGUAGE)

docs: $(VENV)/.installed  ## write the generated reference pages anew
	$(BIN)/python -m scanner.docs

site: docs $(VENV)/.site  ## the documentation as a web site, in site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

screenshots: $(VENV)/.screenshots  ## take the pictures of the guide anew (needs chromium)
	$(BIN)/python -m docs.guide.screenshots

man: docs  ## write the manual page anew and read it
	man -l docs/otaudit.1

package: $(VENV)/.lint  ## source archive and wheel in dist/
	$(PIP) build
	$(BIN)/python -m build

clean:  ## remove what was built (not the virtual environment)
	rm -rf build dist *.egg-info $(REPORT) scanner/capture/kernel/*.c scanner/capture/kernel/*.so
