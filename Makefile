# `make run` and `make test` set up what they need; the rest is for those who work on the code.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
OUT ?= dataset

.DEFAULT_GOAL := help
.PHONY: help run test check lint types arrows tests format bench floors readme pictures screenshots sample dictionary constraints clean

help:
	@echo "make run     set up, then extract the bundled sample into $(OUT)/"
	@echo "make test    set up, then lint, types, import arrows, tests and accuracy floors"
	@echo "make format  rewrite the code in the house format"
	@echo "make bench   speed against the peers, as ratios kept in tests/benchmarks/ratios.json"
	@echo "make pictures  run the notebooks on the sample; keep their outputs and the picture in the README"
	@echo "make screenshots  pictures of the explorer on the sample (needs Chromium)"
	@echo "make sample  build the sample's archive from its articles"
	@echo "make clean   remove the environment and everything built"

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit("congdoan needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 ..." if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV) || { echo "could not make a virtual environment: install your system's python3-venv package"; exit 1; }
	@touch $@

$(VENV)/.run: $(VENV)/.made pyproject.toml constraints.txt
	@echo "installing what congdoan needs into $(VENV) (a minute or two, once)"
	@$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.made pyproject.toml constraints.txt
	@echo "installing what congdoan and its tests need into $(VENV) (a minute or two, once)"
	@$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.run

run: $(VENV)/.run
	@$(BIN)/congdoan run --out $(OUT)

test: check

check: lint types arrows tests

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

arrows: $(VENV)/.dev
	$(BIN)/lint-imports

tests: $(VENV)/.dev
	$(BIN)/pytest -n auto

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Older pips fail on the two spellings of one extra that the peers ask for.
$(VENV)/.bench: $(VENV)/.dev
	@$(PIP) install 'pip>=24'
	@$(PIP) install -c constraints.txt -e '.[bench]'
	@touch $@

bench: $(VENV)/.bench
	$(BIN)/python -m tests.benchmarks.ratios
	$(BIN)/python -m tests.speed

floors: $(VENV)/.dev
	$(BIN)/python -m tests.floors

readme: $(VENV)/.dev
	$(BIN)/python -m tests.readme

pictures: $(VENV)/.dev
	$(BIN)/congdoan run --terms --out build/sample-dataset >/dev/null
	$(BIN)/jupytext --quiet --to ipynb --set-formats ipynb,py:percent notebooks/*.py
	CONGDOAN_DATASET=$(CURDIR)/build/sample-dataset CONGDOAN_PICTURES=$(CURDIR)/notebooks/pictures \
	  $(BIN)/jupyter nbconvert --log-level WARN --to notebook --execute --inplace notebooks/*.ipynb

screenshots: $(VENV)/.dev
	$(BIN)/python -m tests.screenshots

sample: $(VENV)/.run
	$(BIN)/python data/sample/build.py

dictionary: $(VENV)/.run
	$(BIN)/python -m pipeline.dataset.dictionary

constraints: $(VENV)/.made
	$(BIN)/python tests/constraints.py

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
