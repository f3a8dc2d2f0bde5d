"""Plants one fault in the hand-written mathematics: pytest -p tests.faults.plugin --fault NAME.

A fault is a row in one of the *.toml files here: a function, a piece of its text, and what stands there instead.
The text is changed on import, so whoever uses the function, by whatever name, gets the wrong one.

Exit code 1 says that the fault was caught: a test ran and failed, and not because the planted text is no Python. What
shows nothing has codes of its own: a run that never called the function (9; a counter is planted with the fault), and
one that broke outside of a test, in its collection or set-up, or by a name that does not exist (10).
"""

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

HERE = Path(__file__).parent
PACKAGE = "dlconcepts.manual."
NEVER_CALLED, BROKEN = 9, 10
NO_PYTHON = (NameError, SyntaxError, ImportError, AttributeError)  # a fault that nobody would get as far as to test
CATEGORIES = (
    *("zero gradient", "sign", "missing constant factor", "wrong constant factor", "missing factor", "wrong axis"),
    *("dropped additive term", "dropped mask or clamp", "wrong formula", "wrong order", "wrong index"),
    *("wrong convention", "wrong side of a kink", "eps inside or outside the root", "order of decay", "t off by one"),
    *("stale statistic", "in-place write to an input", "swallowed NaN", "special value", "overflow"),
    *("lost precision", "missing check"),
)


class Fault(NamedTuple):
    """One planted fault: in `function` (module.name), `old` becomes `new`; category says what kind it is."""

    name: str
    category: str
    function: str
    old: str
    new: str

    @property
    def module(self) -> str:
        return self.function.partition(".")[0]


def read_faults(folder: Path = HERE) -> dict[str, Fault]:
    """All rows, by name. Raises ValueError where two have the same name."""
    faults = {}
    for path in sorted(folder.glob("*.toml")):
        for name, row in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if name in faults:
                raise ValueError(f"two faults are called {name!r}")
            faults[name] = Fault(name, **row)
    return faults


def plant(source: str, fault: Fault) -> str:
    """The module's source with the fault and a counter in it. Raises ValueError where the fault does not fit."""
    function = fault.function.rpartition(".")[2]
    found = [n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef) and n.name == function]
    if len(found) != 1:
        raise ValueError(f"{fault.name}: no function {fault.function}")
    lines = source.splitlines(keepends=True)
    start, end = found[0].body[0].lineno - 1, found[0].end_lineno
    body = "".join(lines[start:end])
    if body.count(fault.old) != 1:
        raise ValueError(f"{fault.name}: {fault.old!r} stands {body.count(fault.old)} times in {fault.function}")
    counter = "    import sys as _sys; _sys.modules['tests.faults.plugin'].calls += 1\n"
    planted = "".join([*lines[:start], counter, body.replace(fault.old, fault.new), *lines[end:]])
    ast.parse(planted)
    return planted


calls = 0  # of the function with the fault
failures = 0  # of tests, while they ran


class Planter(importlib.abc.MetaPathFinder, importlib.machinery.SourceFileLoader):
    """Finds the one module that the fault is in, and loads it changed, without reading or writing its bytecode."""

    def __init__(self, fault: Fault):
        self.fault = fault
        self.module = PACKAGE + fault.module

    def find_spec(self, fullname, path, target=None):
        if fullname != self.module:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        importlib.machinery.SourceFileLoader.__init__(self, fullname, spec.origin)
        return importlib.util.spec_from_file_location(fullname, spec.origin, loader=self)

    def get_code(self, fullname):
        source = plant(Path(self.path).read_text(encoding="utf-8"), self.fault)
        return compile(source, self.path, "exec")


def pytest_addoption(parser):
    parser.addoption("--fault", help="the name of a row in tests/faults/*.toml, or 'none' for the control")


def pytest_configure(config):
    name = config.getoption("--fault")
    if name in (None, "none"):
        return
    if PACKAGE.rstrip(".") in sys.modules:
        raise RuntimeError("dlconcepts.manual is imported already: the fault would not be in it")
    sys.meta_path.insert(0, Planter(read_faults()[name]))


def pytest_runtest_makereport(item, call):
    global failures
    expected = (pytest.skip.Exception, pytest.xfail.Exception)
    if call.when == "call" and call.excinfo and not call.excinfo.errisinstance((*expected, *NO_PYTHON)):
        failures += 1


def pytest_sessionfinish(session, exitstatus):
    if session.config.getoption("--fault") in (None, "none"):
        return
    if calls == 0 and exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        session.exitstatus = NEVER_CALLED
    elif exitstatus in (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED) and failures == 0:
        session.exitstatus = BROKEN  # a set-up that fails is "tests failed" to pytest, as is with -x a collection
