# Needs Python >= 3.11 (PYTHON=... chooses one), make and git. Everything else goes into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LOGGERS := $(VENV)/.loggers
ARGS ?=

.PHONY: run test demo check format bench bench-journal bench-scale setup clean

run: $(READY)  ## start the server with its data in ./var
	@$(BIN)/vestnik server --data var $(ARGS)

test: $(READY)  ## run the tests
	@$(BIN)/python -m pytest -q --cov --cov-report=term $(ARGS)

demo: $(READY)  ## play the mission's session and compare both journals with it
	@$(BIN)/vestnik demo $(ARGS)

check: $(READY)  ## format, lint, types, docs
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q -p no:cacheprovider tests/test_house.py tests/test_docs.py

format: $(READY)  ## rewrite the code in the house's format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(READY)  ## measure the server beside the sketch and the peers that are installed
	@$(BIN)/python -m bench.run $(ARGS)

bench-journal: $(READY) $(LOGGERS)  ## measure the journal beside other loggers, and the server with and without it
	@$(BIN)/python -m bench.journal $(ARGS)

bench-scale: $(READY)  ## measure a server whose store is large, beside one whose store is empty
	@$(BIN)/python -m bench.scale $(ARGS)

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.x")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

$(LOGGERS): $(READY)
	@echo "Installing other loggers into $(VENV) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[bench]' && touch $@ \
		|| echo "This failed: what is missing is not measured."

clean:  ## remove what the other targets made, but not ./var
	rm -rf $(VENV) bench/build build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
