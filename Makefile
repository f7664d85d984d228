# make serve   set up and serve the lessons on this machine
# make test    set up and pass every test
# make instructor   set up and serve a class: lessons for phones, the instructor's pages here
# make lab     set up and open the notebooks in JupyterLab, to write lessons
# make bench   measure speed and memory
# make load N=60   so many learners at once, at a server of its own; see docs/load.md
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
PORT ?= 8866
N ?= 60

.PHONY: serve instructor test lab bench load check lint types outputs schema browser postgres hub-parts clean

serve: $(VENV)/.serve
	$(BIN)/asylum-teach serve --port $(PORT)

# The instructor's pages as well, and the lessons for phones in the same network.
instructor: $(VENV)/.teach
	$(BIN)/asylum-teach serve --instructor --ip 0.0.0.0 --port $(PORT)

test: $(VENV)/.all browser postgres hub-parts lint types
# A file's tests stay together: they share its server.
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

lab: $(VENV)/.all
	$(BIN)/jupyter lab notebooks

bench: $(VENV)/.all browser postgres
	$(BIN)/python -m pytest -o addopts= tests/bench --benchmark-only -s

load: $(VENV)/.all
	$(BIN)/python -m tests.load --learners $(N) $(LOAD)

check: $(VENV)/.serve
	$(BIN)/asylum-teach check

lint: $(VENV)/.all
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.all
	$(BIN)/mypy

# The text that each notebook's cells are expected to show, written anew; read the diff.
outputs: $(VENV)/.all
	$(BIN)/python -m tests.outputs

schema: $(VENV)/.serve
	$(BIN)/asylum-teach schema exercises/schema

# The browser tests need a Chromium: the machine's own, or one that Playwright or the system fetches.
browser: $(VENV)/.all
	@$(BIN)/python -m tests.browser.chromium >/dev/null 2>&1 \
	  || $(BIN)/playwright install chromium \
	  || { apt-get update -qq && apt-get install -y -qq chromium; }
	@$(BIN)/python -m tests.browser.chromium

# The store is tested on a real PostgreSQL, which the tests start themselves.
postgres: $(VENV)/.all
	@$(BIN)/python -m tests.postgres >/dev/null 2>&1 \
	  || { apt-get update -qq && apt-get install -y -qq postgresql; }
	@$(BIN)/python -m tests.postgres

# The hub is tested with its real proxy, whose version is in deploy/jupyterhub/package.json.
hub-parts: $(VENV)/.all
	@command -v npm >/dev/null || { apt-get update -qq && apt-get install -y -qq nodejs npm; }
	@$(BIN)/python -m tests.hubs >/dev/null 2>&1 \
	  || npm ci --prefix deploy/jupyterhub --omit=dev --no-audit --no-fund --silent
	@$(BIN)/python -m tests.hubs

$(VENV)/.serve: pyproject.toml constraints.txt
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Python 3.11 or newer is needed; name it with make PYTHON=python3.12 serve')"
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --editable .
	touch $@

$(VENV)/.teach: $(VENV)/.serve
	$(INSTALL) --editable '.[instructor]'
	touch $@

$(VENV)/.all: $(VENV)/.serve
	$(INSTALL) --editable '.[hub,lab,instructor,test]'
# It asks for a package that pulls Markdown down to a version which text2qti cannot use.
	$(INSTALL) --no-deps pygiftparser
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks
