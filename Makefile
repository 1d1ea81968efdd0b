# The targets that people type. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
BOOK ?= .
VENV := .venv
POLYBOOK := $(VENV)/bin/polybook
NEWEST := _build/newest
READY := $(VENV)/.ready

.PHONY: help env html pdf epub serve figures test test-newest lint bench clean distclean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

env: $(READY) ## install the build environment and one environment per framework
	$(POLYBOOK) env

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "polybook needs Python 3.11; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --requirement requirements.txt
	$(VENV)/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $(READY)

html: env ## execute what has changed and build the website: _build/html/index.html
	$(POLYBOOK) library
	$(POLYBOOK) build html

pdf: env ## execute what has changed and make one PDF for each framework: _build/pdf/ (needs TeX)
	$(POLYBOOK) library
	$(POLYBOOK) build pdf

epub: env ## execute what has changed and make one EPUB for each framework: _build/epub/
	$(POLYBOOK) library
	$(POLYBOOK) build epub

serve: env ## show the book in the browser, and every edit at once (PORT=8000)
	$(POLYBOOK) serve --port $(PORT)

figures: env ## draw the figures of the chapters anew: chapters/img/
	$(VENV)/bin/python -m book.figures

test: html ## build the book and run all tests
	$(VENV)/bin/python -m pytest -n 2 --dist loadfile

test-newest: env ## run the extension's tests under Sphinx 8.2 with the newest extensions
	$(PYTHON) -m venv $(NEWEST)
	$(NEWEST)/bin/python -m pip install --quiet --requirement tests/newest.txt
	$(NEWEST)/bin/python -m pip install --quiet --no-deps jupyter-book==1.0.4.post1
	$(NEWEST)/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	$(NEWEST)/bin/python -m pytest tests/publish -m "not book"

lint: env ## check the code, the chapters, their figures and the committed library
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(POLYBOOK) check
	$(POLYBOOK) library --check
	$(VENV)/bin/python -m book.figures --check

bench: env ## measure each stage beside its peers, and the website (BOOK=DIR for another book)
	PYTHONPATH=tests $(VENV)/bin/python -m benchmarks.speed "$(BOOK)"
	PYTHONPATH=tests $(VENV)/bin/python -m benchmarks.planning
	PYTHONPATH=tests $(VENV)/bin/python -m benchmarks.execution "$(BOOK)"
	PYTHONPATH=tests $(VENV)/bin/python -m benchmarks.website
	PYTHONPATH=tests $(VENV)/bin/python -m benchmarks.preview

clean: ## remove what was rendered; keep the environments and the executed notebooks
	rm -rf _build/html _build/html.* _build/pdf _build/latex _build/epub _build/epub-pages _build/doctrees _build/memory _build/notebooks _build/run-* _build/run.lock _build/.doctrees

distclean: clean ## remove everything that was made
	rm -rf _build $(VENV)
