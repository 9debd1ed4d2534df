# Needs Python >= 3.11, make and git. Everything else goes into .venv. PYTHON=... chooses an interpreter: .venv is made
# anew if it has another version, and keeps the one that was chosen last.
VENV := .venv
BIN := $(VENV)/bin
ifndef PYTHON
PYTHON := $(shell $(BIN)/python -c 'import sys; print(sys._base_executable)' 2>/dev/null || echo python3)
endif
READY := $(VENV)/.ready-$(shell $(PYTHON) -c 'import platform; print(platform.python_version())' 2>/dev/null)
LOGGERS := $(VENV)/.loggers
PARALLEL := -n auto --dist loadgroup
ARGS ?=

.PHONY: run test coverage proof demo check format bench bench-quick bench-journal bench-scale bench-hostile bench-logins setup clean

run: $(READY)  ## start the server with its data in ./var, at 127.0.0.1 unless something else is said
	@$(BIN)/vestnik server --data var --default-address 127.0.0.1 $(ARGS)

test: $(READY)  ## run the tests; of those that are exhaustive a sample
	@$(BIN)/python -m pytest -q $(PARALLEL) $(ARGS)

coverage: $(READY)  ## run the tests and show which lines they leave out; takes three times as long
	@$(BIN)/python -m pytest -q $(PARALLEL) --cov --cov-report=term $(ARGS)

proof: $(READY)  ## run the exhaustive tests whole
	@$(BIN)/python -m pytest -q $(PARALLEL) --proof $(ARGS)

demo: $(READY)  ## play the recorded session and compare both journals with it
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

bench-quick: $(READY)  ## measure the server beside the sketch with small loads, as quotients; takes a minute
	@$(BIN)/python -m bench.quick $(ARGS)

bench-journal: $(READY) $(LOGGERS)  ## measure the journal beside other loggers, and the server with and without it
	@$(BIN)/python -m bench.journal $(ARGS)

bench-scale: $(READY)  ## measure a server whose store is large, beside one whose store is empty
	@$(BIN)/python -m bench.scale $(ARGS)

bench-hostile: $(READY)  ## measure what a user feels while strangers and a member do their worst
	@$(BIN)/python -m bench.hostile $(ARGS)

bench-logins: $(READY)  ## measure logins by token, and ten thousand clients that come back at once
	@$(BIN)/python -m bench.logins $(ARGS)

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.x")'
	@test "$$($(BIN)/python -V 2>/dev/null)" = "$$($(PYTHON) -V)" || $(PYTHON) -m venv --clear $(VENV)
	@echo "Installing into $(VENV) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

$(LOGGERS): $(READY)
	@echo "Installing other loggers into $(VENV) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[bench]' && touch $@ \
		|| echo "This failed: what is missing is not measured."

clean:  ## remove what the other targets made, but not ./var
	rm -rf $(VENV) bench/build build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage.*
