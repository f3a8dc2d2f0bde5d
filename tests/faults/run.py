"""Plants every fault in turn and runs the tests of the mathematics: red for each fault, green for none.

python -m tests.faults.run [NAME...]    exit code 1 if a fault survives, or was never reached
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.plugin import NEVER_CALLED, read_faults

SUITE = ("tests/manual", "tests/rules")
MEANING = {0: "SURVIVED", 1: "caught", NEVER_CALLED: "NEVER CALLED"}


def run(names: list[str], suite: tuple[str, ...] = SUITE, workers: int = os.cpu_count() or 1) -> dict[str, int]:
    """pytest's exit code for each fault. Each run is a fork of this process, which has torch loaded already."""
    import torch

    torch.set_num_threads(1)  # before the forks: a pool of threads does not survive one
    waiting, running, codes = list(names), {}, {}
    while waiting or running:
        while waiting and len(running) < workers:
            name = waiting.pop(0)
            running[start(lambda name=name: pytest.main(arguments(name, suite)))] = name
        child, status = os.wait()
        codes[running.pop(child)] = os.waitstatus_to_exitcode(status)
    return codes


def arguments(name: str, suite: tuple[str, ...]) -> list[str]:
    return ["-x", "-q", "-p", "no:cacheprovider", "-p", "tests.faults.plugin", "--fault", name, *suite]


def start(work: Callable[[], int]) -> int:
    """Runs `work` in a fork whose output nobody needs; returns the child's process id."""
    child = os.fork()
    if child:
        return child
    with tempfile.TemporaryFile() as quiet:
        os.dup2(quiet.fileno(), 1)
        os.dup2(quiet.fileno(), 2)
        os._exit(int(work()))


def main(names: list[str]) -> int:
    faults = read_faults()
    began = time.perf_counter()
    codes = run(["none", *(names or faults)])
    for name, code in codes.items():
        if name != "none":
            print(f"{MEANING.get(code, f'BROKEN ({code})'):14}{name:52}{faults[name].category}")
    caught = sum(code == 1 for name, code in codes.items() if name != "none")
    green = codes["none"] == 0
    seconds = time.perf_counter() - began
    print(f"{caught} of {len(codes) - 1} faults caught; control {'green' if green else 'RED'}; {seconds:.0f} s")
    return 0 if green and caught == len(codes) - 1 else 1


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    sys.exit(main(sys.argv[1:]))
