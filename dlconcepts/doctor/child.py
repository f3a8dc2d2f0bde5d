"""The process in which a reader's code runs: reads the file, examines its functions, leaves the answer in a file.

Shapes: none. python -P -m dlconcepts.doctor.child FILE LIKE RESULT SECONDS; LIKE may be empty.
"""

import faulthandler
import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any


def answer(path: Path, like: str | None) -> dict[str, Any]:
    """{"diagnoses": ...}, or {"misuse": one line}."""
    from . import wording
    from .crash import CrashError
    from .examine import check
    from .patient import UnsuitableError
    from .reading import chosen, guessed, inputs_of, load
    from .reference import rule_of

    try:
        module = load(path)
        like = like or getattr(module, "LIKE", None)
        rule_of(like)
        found = {}
        for pair in chosen(module, path, like):
            inputs = inputs_of(module, pair)
            if inputs is None:
                inputs = () if like else guessed(pair)
            diagnosis = check(pair.forward, pair.backward, *inputs, like=like)
            found[pair.name] = diagnosis.to_dict()
    except CrashError as crash:
        return {"diagnoses": {path.stem: wording.crashed(crash).to_dict()}, "like": like}
    except UnsuitableError as problem:
        return {"misuse": str(problem)}
    return {"diagnoses": found, "like": like}


def line_of(end: SystemExit) -> str:
    from .crash import place

    line, file, _ = place(end)
    return f"{Path(file).name}, line {line}" if line else ""


def main() -> None:
    file, like, result, seconds = sys.argv[1:]
    path, out = Path(file), Path(result)
    with open(f"{result}.where", "w") as where:
        import torch  # noqa: F401 - the time begins after this

        Path(f"{result}.ready").touch()
        faulthandler.enable(where)
        faulthandler.dump_traceback_later(float(seconds), file=where)
        warnings.simplefilter("ignore")
        sys.argv = [file]
        try:
            found = answer(path, like or None)
        except SystemExit as end:
            found = {"ended": f"the file ends the process: exit code {end.code}", "where": line_of(end)}
        partial = out.with_suffix(".partial")
        partial.write_text(json.dumps(found, allow_nan=False))
        os.replace(partial, out)
        sys.stdout.flush()
        os._exit(0)  # threads and exit handlers of the file have nothing more to say


if __name__ == "__main__":
    main()
