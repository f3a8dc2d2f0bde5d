"""python -m tests.faultbox.run [WORD...]: tries every fault (those with a word in their name) on an installed wheel.

Exit code 1 if one was not refused well, or lost something. What came of each is kept in results.json, for the README.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from . import commands, disk, foreign, numbers, repeats, stopped, surroundings, words, wrong_data  # noqa: F401 - they fill ROWS
from .box import Box
from .rows import ROWS, NotHereError, Trial

RESULTS = Path(__file__).with_name("results.json")
OUTCOMES = ("ok", "FAILED", "not here")


def main(wanted: list[str]) -> int:
    chosen = {name: tried for name, tried in ROWS.items() if not wanted or any(word in name for word in wanted)}
    found: dict[str, Trial | str] = {}
    with tempfile.TemporaryDirectory(prefix="faultbox-") as folder:
        box = Box(Path(folder))
        for name, tried in chosen.items():
            began = time.perf_counter()
            try:
                found[name] = one(box, tried)
            except NotHereError as reason:
                found[name] = str(reason)
            print(
                f"{came_of(found[name]):9} {time.perf_counter() - began:6.1f} s  {name}: {said(found[name]):.150}",
                flush=True,
            )
    keep({name: came_of(trial) for name, trial in found.items()})
    outcomes = [came_of(trial) for trial in found.values()]
    print(f"{len(found)} faults: " + ", ".join(f"{outcomes.count(outcome)} {outcome}" for outcome in OUTCOMES))
    return 1 if "FAILED" in outcomes else 0


def came_of(trial: Trial | str) -> str:
    if isinstance(trial, str):
        return "not here"
    return "ok" if trial.refused and trial.kept else "FAILED"


def said(trial: Trial | str) -> str:
    return trial if isinstance(trial, str) else trial.said


def keep(found: dict[str, str]) -> None:
    """What came of these rows, beside what came of the others before; rows that are gone are forgotten."""
    before = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    kept = {name: (before | found)[name] for name in sorted(ROWS) if name in before | found}
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n")


def one(box: Box, tried) -> Trial:
    """A trial; whatever goes wrong in it is its own fault and not the table's."""
    try:
        return tried(box)
    except NotHereError:
        raise
    except Exception as problem:
        return Trial(False, False, f"{type(problem).__name__}: {problem}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
