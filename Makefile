# `make demo` and `make test` each do everything a fresh machine needs: .venv, install, run.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed

.PHONY: demo test test-all long-test browser-test lint figures report sweep faults mutants doctor-score faultbox lowest clean

demo: $(READY)
	$(BIN)/dlconcepts run activation --quick --seeds 5
	@echo; echo "That was a look at 10,000 images. The committed record, ten seeds on all of them, says:"; echo
	$(BIN)/dlconcepts run activation --redraw --out out/committed

test: $(READY)
	$(BIN)/python -m pytest

# what `make test` leaves out: every lesson in full, stops and resumptions, thread counts, the wheel
long-test: $(READY)
	$(BIN)/python -m pytest -m long

test-all: test long-test browser-test

# the page in a headless Chromium; asks for chromium and its driver (Debian: apt-get install chromium chromium-driver)
browser-test: $(READY)
	$(BIN)/python -m pip install --quiet --editable '.[browser]'
	$(BIN)/python -m pytest -m browser -n0 tests/page/browser

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

figures: $(READY)
	$(BIN)/python scripts/figures.py

# train the settings behind the page's explorer; stopped, the same command goes on
sweep: $(READY)
	$(BIN)/dlconcepts sweep --out dlconcepts/records/sweeps

report: $(READY)
	$(BIN)/dlconcepts report --out figures

# plant every known fault in the mathematics, one after the other: the tests must fail for each; then ask the usual recipe
faults: $(READY)
	$(BIN)/python -m tests.faults.run
	$(BIN)/python -m tests.faults.run --usual
	$(BIN)/python scripts/readme.py

# change every expression of the mathematics, one after the other: the tests must fail for at least 97 %, and the rest be known
mutants: $(READY)
	$(BIN)/python -m tests.mutants

# examine every wrong and right gradient of the corpus: is it called so, and is the cause in the first line?
doctor-score: $(READY)
	$(BIN)/python -m tests.doctor.gradients.score
	$(BIN)/python scripts/readme.py

# the tests of `make test` with the lowest versions of all libraries that pyproject.toml allows, in an environment of their own;
# newer libraries below these warn about them, which is no concern of ours, but ends the lessons: they and the page stay out
lowest: $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .lowest
	$(BIN)/uv pip install --quiet --python .lowest/bin/python --resolution lowest-direct --editable '.[test]'
	.lowest/bin/python -m pytest -W ignore::DeprecationWarning -W 'ignore:The epoch parameter:UserWarning' \
		--ignore=tests/page --ignore=tests/test_scripts.py --ignore=tests/glossary/test_notebook.py

# meet an installed wheel with every fault that users meet: is it refused well, and is nothing lost? About half an hour;
# OTHER_PYTHON=PATH names a Python with another torch, for the row that asks for one
faultbox: $(READY)
	$(BIN)/python -m tests.faultbox.run
	$(BIN)/python scripts/readme.py

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "dlconcepts needs Python 3.11 or newer; name one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $(READY)

clean:
	rm -rf $(VENV) .lowest out build dist mutants
