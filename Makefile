# The commands people type. `make` alone lists them. What a command does stands in the hub itself; here is
# only how to get to it: a virtual environment, the system library that no wheel brings, the right program.

SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install prepare demo test servers lint dev bench faults truth

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
EXTRAS := embedded,ui,production,sandbox,sftp,dev
# Tried in this order; `make PYTHON=/path/to/python` puts one before the others.
PYTHONS := $(PYTHON) python3.11 python3.12 python3.13 python3
# Further options of the command below, e.g. `make demo ARGS="--dossiers 2000"`.
ARGS ?=
WORKERS ?= auto

help:     ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(STAMP)  ## the virtual environment, again only when dependencies changed

prepare: $(STAMP)  ## ODBC and its drivers, MariaDB: installed when root, else named
	@deploy/prepare.sh $(BIN)/python

demo: prepare  ## a simulated province, pulled and reconciled; prints what came out and where to look
	$(BIN)/hub demo $(ARGS)

test: prepare  ## the tests, on all cores (WORKERS=0: in one process)
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not servers and not struck" $(ARGS)

servers: prepare  ## the tests with further servers (MariaDB, ODBC, sshd), and of commands over whole provinces
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m servers $(ARGS)

lint: $(STAMP)  ## style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

dev: prepare  ## Dagster's pages over the same warehouse
	$(BIN)/hub dev $(ARGS)

bench: prepare  ## how fast each station is
	$(BIN)/python -m bench $(ARGS)

faults: prepare  ## every kind of fault, many times over (HUB_FAULTS, 50 unless told); tells what became of each
	HUB_FAULTS=$${HUB_FAULTS:-50} $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m faults $(ARGS)

# Order-only: the interpreter's own date says nothing about our dependencies.
$(STAMP): pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS)]'
	@touch $@

# ensurepip is what Debian and Ubuntu leave out of Python and ship as python3-venv.
$(BIN)/python:
	@for candidate in $(PYTHONS); do \
	  if "$$candidate" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "virtual environment from $$("$$candidate" --version)"; \
	    "$$candidate" -m venv --clear $(VENV) && exit 0; \
	    rm -rf $(VENV); exit 1; \
	  fi; \
	done; \
	echo "No Python 3.11 or newer with its venv module was found (tried: $(PYTHONS))." >&2; \
	echo "On Debian or Ubuntu: sudo apt-get install -y python3 python3-venv" >&2; \
	echo "Elsewhere: install Python, then make PYTHON=/path/to/python3" >&2; \
	exit 1

truth: $(STAMP)  ## how right reconciliation is, against truths that it has never seen
	$(BIN)/python -m bench.truth $(ARGS)
