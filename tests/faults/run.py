"""Plants every fault in turn and runs the tests of the mathematics: red for each fault, green for none.

python -m tests.faults.run [NAME...]            exit code 1 if a fault survives, or was never reached
python -m tests.faults.run --usual [NAME...]    the same faults against usual_recipe.py: how many would it miss?

A run of all faults writes what it found to results.json, which the README quotes.
"""

import argparse
import gc
import importlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.faults.plugin import BROKEN, HERE, NEVER_CALLED, Fault, read_faults

TESTS, RULES = HERE.parent / "manual", HERE.parent / "rules" / "test_rules.py"
MIRROR = {"adaptive_optimizer": "optimizer", "number": "optimizer"}  # tested in another's file
SLOW = TESTS / "test_trajectory.py"
USUAL = str(HERE / "usual_recipe.py")
RESULTS = HERE / "results.json"
SURVIVED, CAUGHT = 0, 1
MEANING = {SURVIVED: "SURVIVED", CAUGHT: "caught", NEVER_CALLED: "NEVER CALLED", BROKEN: "BROKEN"}
# What tests import, loaded once and not in every fork. Nothing that imports the mathematics may stand here.
HEAVY = (
    *("torch", "torch._dynamo", "torchvision", "hypothesis.extra.numpy", "mpmath", "scipy.stats"),
    *("sklearn.metrics", "sklearn.preprocessing"),
)
Stages = list[list[str]]


def our_stages(fault: Fault | None) -> Stages:
    """Selections of tests, each run only if those before did not catch the fault: cheap and likely ones first."""
    others = [str(path) for path in sorted([*TESTS.glob("test_*.py"), *RULES.parent.glob("test_*.py")]) if path != SLOW]
    if fault is None:
        return [[*others, str(SLOW)]]
    own, rules = str(TESTS / f"test_{MIRROR.get(fault.module, fault.module)}.py"), str(RULES)
    return [[own], [rules], [path for path in others if path not in (own, rules)], [str(SLOW)]]


def run(names: list[str], stages: Callable[[Fault | None], Stages], workers: int) -> dict[str, int]:
    """What became of each fault ("none": the control), as an exit code of the plugin or of pytest."""
    import torch

    torch.set_num_threads(1)  # before the forks: a pool of threads does not survive one
    faults = read_faults()
    waiting = [(name, stages(faults.get(name))) for name in names]
    running, codes = {}, {}
    while waiting or running:
        while waiting and len(running) < workers:
            name, (stage, *later) = waiting.pop(0)
            running[start(lambda name=name, stage=stage: pytest.main(arguments(name, stage)))] = name, later
        child, status = os.wait()
        name, later = running.pop(child)
        code = os.waitstatus_to_exitcode(status)
        codes[name] = SURVIVED if code == NEVER_CALLED and codes.get(name) == SURVIVED else code
        if later and code in (SURVIVED, NEVER_CALLED):
            waiting.insert(0, (name, later))
        elif name in faults:
            print(f"{MEANING.get(codes[name], f'BROKEN ({code})'):14}{name:52}{faults[name].category}", flush=True)
    return {name: codes[name] for name in names}


def arguments(name: str, tests: Iterable[str]) -> list[str]:
    quiet = [
        "-x",
        "-q",
        "-n0",
        "-m",
        "",
        "-p",
        "no:cacheprovider",
        "-W",
        "ignore::pytest.PytestAssertRewriteWarning",
    ]  # HEAVY is loaded
    return [*quiet, "-p", "tests.faults.plugin", "--fault", name, *tests]


def start(work: Callable[[], int]) -> int:
    """Runs `work` in a fork whose output nobody needs; returns the child's process id.

    An exception must not end the fork with Python's exit code for it, 1: that means caught.
    """
    child = os.fork()
    if child:
        return child
    code = BROKEN
    try:
        with tempfile.TemporaryFile() as quiet:
            os.dup2(quiet.fileno(), 1)
            os.dup2(quiet.fileno(), 2)
            code = int(work())
    finally:
        os._exit(code)


def summary(codes: dict[str, int], faults: dict[str, Fault]) -> dict[str, dict]:
    """For each category, how many faults there are and the names of those that were not caught."""
    found = {fault.category: {"faults": 0, "survivors": []} for fault in faults.values()}
    for name in sorted(codes):
        row = found[faults[name].category]
        row["faults"] += 1
        row["survivors"] += [name] if codes[name] != CAUGHT else []
    return found


def write(suite: str, found: dict) -> None:
    """Puts one suite's summary into results.json beside the other's."""
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.write_text(json.dumps(results | {suite: found}, indent=1, sort_keys=True) + "\n")


def main(argv: list[str]) -> int:
    faults = read_faults()
    parser = argparse.ArgumentParser(prog="python -m tests.faults.run", allow_abbrev=False)
    parser.add_argument("names", nargs="*", metavar="NAME", help="faults to plant; all of them if none is named")
    parser.add_argument("--usual", action="store_true", help="run usual_recipe.py instead of tests/manual")
    parser.add_argument("--tests", action="append", metavar="PATH", help="run these tests instead")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args(argv)
    if unknown := set(given.names) - faults.keys():
        parser.error(f"no fault is called {', '.join(sorted(unknown))}")
    chosen = [USUAL] if given.usual else given.tests
    began = time.perf_counter()
    for module in HEAVY:
        importlib.import_module(module)
    gc.freeze()  # pytest collects garbage several times a run: not all of this anew in every fork
    codes = run(["none", *(given.names or faults)], (lambda _: [chosen]) if chosen else our_stages, given.workers)
    gc.unfreeze()
    green = codes.pop("none") == 0
    caught, seconds = sum(code == CAUGHT for code in codes.values()), time.perf_counter() - began
    print(f"{caught} of {len(codes)} faults caught; control {'green' if green else 'RED'}; {seconds:.0f} s")
    sound = green and set(codes.values()) <= {SURVIVED, CAUGHT, NEVER_CALLED}
    if sound and not given.names and not given.tests:
        write("the usual recipe" if given.usual else "our tests", summary(codes, faults))
    return 0 if sound and (given.usual or caught == len(codes)) else 1


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    sys.exit(main(sys.argv[1:]))
