"""The planting of faults is itself tested: what is planted is what is imported, and red means what it should."""

import ast
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import dlconcepts.manual
from tests.faults.plugin import BROKEN, CATEGORIES, NEVER_CALLED, Fault, plant, read_faults
from tests.faults.run import RESULTS, our_stages, summary

FAULTS = read_faults()
MANUAL = Path(dlconcepts.manual.__file__).parent
ROOT = Path(__file__).parents[2]
SOURCE = 'def f(x):\n    """Twice x."""\n    y = 2 * x\n    return y\n\n\ndef g(x):\n    return 2 * x\n'
WRONG = Fault("f-once", "missing constant factor", "double.f", "2 * x", "x")


def test_the_function_gets_the_fault_and_a_counter_and_no_other_does(monkeypatch):
    monkeypatch.setattr("tests.faults.plugin.calls", 0)
    planted = {}
    exec(plant(SOURCE, WRONG), planted)
    assert (planted["f"](3), planted["g"](3)) == (3, 6)
    planted["f"](3)
    assert sys.modules["tests.faults.plugin"].calls == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"old": "3 * x"}, "f-once: '3 \\* x' stands 0 times in double.f"),
        ({"old": "y"}, "f-once: 'y' stands 2 times in double.f"),
        ({"function": "double.h"}, "f-once: no function double.h"),
    ],
)
def test_a_fault_that_does_not_fit_the_source_is_refused(change, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        plant(SOURCE, WRONG._replace(**change))


def test_a_fault_that_is_no_python_is_refused():
    with pytest.raises(SyntaxError):
        plant(SOURCE, WRONG._replace(new="2 *"))


def test_two_faults_of_one_name_are_refused(tmp_path):
    row = '[same]\ncategory = "sign"\nfunction = "a.f"\nold = "+"\nnew = "-"\n'
    for file in ("a.toml", "b.toml"):
        (tmp_path / file).write_text(row)
    with pytest.raises(ValueError, match="two faults are called 'same'"):
        read_faults(tmp_path)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_fits_the_function_as_it_stands(name):
    fault = FAULTS[name]
    assert plant((MANUAL / f"{fault.module}.py").read_text(encoding="utf-8"), fault)
    assert fault.old != fault.new
    assert fault.category in CATEGORIES


def test_every_category_occurs():
    assert {fault.category for fault in FAULTS.values()} == set(CATEGORIES)


def backwards():
    for path in sorted(MANUAL.glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.endswith("_backward"):
                yield f"{path.stem}.{node.name}"


@pytest.mark.parametrize("function", list(backwards()))
def test_every_backward_has_a_fault(function):
    assert function in {fault.function for fault in FAULTS.values()}


CASES = """
import pytest
import torch
from dlconcepts.manual.activation import relu_backward, sigmoid_backward, tanh_backward, step_backward

one, zero = torch.ones(1), torch.zeros(1)
assert step_backward(one) == (0,)


@pytest.fixture(autouse=True)
def set_up():
    assert tanh_backward(one, 1000 * one) == (0,)


def test_that_looks():
    assert relu_backward(one, zero) == (0,)


def test_that_does_not():
    sigmoid_backward(one, one / 2)
"""
BECOMES = {
    "relu-mask-on-the-wrong-side-of-the-kink": "caught",
    "sigmoid-zero-gradient": "SURVIVED",
    "prelu-slope-mean-for-sum": "NEVER CALLED",
    "tanh-sign": "BROKEN",  # in a test's set-up
    "step-straight-through": "BROKEN",  # in the tests' import
}
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="each fault is planted in a fork")


def faults_run(*arguments):
    command = [sys.executable, "-m", "tests.faults.run", "--workers", "2", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.long
@needs_fork
def test_what_became_of_a_fault_is_told_apart(tmp_path):
    path = tmp_path / "test_cases.py"
    path.write_text(CASES)
    found = faults_run("--tests", path, *BECOMES)
    assert found.returncode == 1
    *lines, last = found.stdout.splitlines()
    assert {line[14:].split()[0]: line[:14].strip() for line in lines} == BECOMES
    assert last.startswith("1 of 5 faults caught; control green")


@pytest.mark.long
@needs_fork
def test_real_faults_are_red_and_the_control_is_green():
    tests = [f"tests/manual/test_{name}.py" for name in ("plateau", "reduction", "targets")]
    names = ["plateau-takes-nan-for-better", "reduction-mean-for-sum", "targets-onehot-one-off"]
    found = faults_run(*(argument for path in tests for argument in ("--tests", path)), *names)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "3 of 3 faults caught; control green" in found.stdout


@needs_fork
def test_a_name_without_a_fault_is_refused():
    found = faults_run("no-such-fault")
    assert found.returncode == 2
    assert "no fault is called no-such-fault" in found.stderr


def test_the_exit_codes_are_not_pytests_own():
    assert not {NEVER_CALLED, BROKEN} & {int(code) for code in pytest.ExitCode}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_uses_only_names_that_its_file_has(name):
    source = plant((MANUAL / f"{FAULTS[name].module}.py").read_text(encoding="utf-8"), FAULTS[name])
    for library in ("torch", "math"):
        assert f"{library}." not in FAULTS[name].new or f"import {library}\n" in source


@pytest.mark.parametrize("name", FAULTS)
def test_every_test_of_the_mathematics_is_in_one_stage(name):
    paths = sorted(str(path) for folder in ("manual", "rules") for path in (ROOT / "tests" / folder).glob("test_*.py"))
    first, *later = our_stages(FAULTS[name])
    assert first, f"no file of tests mirrors {FAULTS[name].module}"
    assert sorted([*first, *(path for stage in later for path in stage)]) == paths
    assert sorted(path for stage in our_stages(None) for path in stage) == paths


def test_the_results_are_of_no_more_faults_than_are_listed():
    """A whole run takes an hour: faults may be listed that wait for the next one, and README says how many."""
    listed = Counter(fault.category for fault in FAULTS.values())
    for suite, found in json.loads(RESULTS.read_text(encoding="utf-8")).items():
        assert Counter({category: row["faults"] for category, row in found.items()}) <= listed, f"{suite}: make faults"


def test_no_fault_survives_our_tests_and_the_usual_recipe_is_on_record():
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert sorted(results) == ["our tests", "the usual recipe"]
    assert not any(row["survivors"] for row in results["our tests"].values())


def test_the_summary_counts_what_was_not_caught_by_category():
    codes = {"adam-eps-inside-the-root": 1, "sgd-uphill": 0, "silu-sign-of-the-second-term": NEVER_CALLED}
    assert summary(codes, {name: FAULTS[name] for name in codes}) == {
        "eps inside or outside the root": {"faults": 1, "survivors": []},
        "sign": {"faults": 2, "survivors": ["sgd-uphill", "silu-sign-of-the-second-term"]},
    }
