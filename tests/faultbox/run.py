"""python -m tests.faultbox.run [WORD...]: tries every fault (those with a word in their name) on an installed wheel.

Exit code 1 if one was not refused well, or lost something. All of them: results.json is written for the README.
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


def main(wanted: list[str]) -> int:
    chosen = {name: tried for name, tried in ROWS.items() if not wanted or any(word in name for word in wanted)}
    found, absent = {}, {}
    with tempfile.TemporaryDirectory(prefix="faultbox-") as folder:
        box = Box(Path(folder))
        for name, tried in chosen.items():
            began = time.perf_counter()
            try:
                found[name] = one(box, tried)
            except NotHereError as reason:
                absent[name] = str(reason)
                print(f"not here  {name}: {reason}", flush=True)
                continue
            line = "ok    " if found[name].refused and found[name].kept else "FAILED"
            print(f"{line} {time.perf_counter() - began:6.1f} s  {name}: {found[name].said:.150}", flush=True)
    failed = [name for name, trial in found.items() if not (trial.refused and trial.kept)]
    print(
        f"{len(found)} faults tried, {len(found) - len(failed)} refused well with nothing lost, {len(absent)} not here"
    )
    if not wanted:
        RESULTS.write_text(json.dumps({"tried": len(found), "failed": failed, "not here": absent}, indent=1) + "\n")
    return 1 if failed else 0


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
