"""The process in which a reader's code runs: reads the file, examines its functions, leaves the answer in a file.

Shapes: none. python -P -m dlconcepts.doctor.gradients.child FILE LIKE RESULT SECONDS; LIKE may be empty.
"""

import faulthandler
import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any

EXPECTED = "expected NAME(x, ...) and NAME_backward(dy, ...), as in what `dlconcepts practice` writes"


def answer(path: Path, like: str | None) -> dict[str, Any]:
    """{"diagnoses": ...}, or {"misuse": one line}."""
    from . import wording
    from .crash import CrashError, place
    from .examine import check
    from .patient import UnsuitableError
    from .reading import chosen, guessed, inputs_of, load
    from .reference import rule_of

    try:
        module = load(path)
        like = like or getattr(module, "LIKE", None)
        if not isinstance(like, str | None):
            raise UnsuitableError(f"{path.name}: LIKE = {like!r}: expected the name of a rule, in quotes")
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
    except SystemExit:
        raise
    except BaseException as problem:
        reason = f"{type(problem).__name__}: {problem}".removesuffix(": ")
        line, file, _ = place(problem)
        if line and Path(file).name == path.name:
            return {"ended": f"the file raises {reason}", "where": f"{path.name}, line {line}"}
        return {"misuse": f"{path.name}: {reason}; {EXPECTED}"}  # its functions do not take what is given to them
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
