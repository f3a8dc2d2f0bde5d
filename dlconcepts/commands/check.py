"""The command `check`: what is wrong with the gradients in a file of yours."""

import argparse
import json
import sys
from pathlib import Path

from .options import FAILED, WrongUseError, path, seconds


def add_to(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the parser's."""
    check = commands.add_parser("check", help="what is wrong with the gradients in a file of yours")
    check.add_argument(
        "file", type=path, metavar="FILE.py", help="with NAME and NAME_backward, or forward and backward"
    )
    check.add_argument("--like", metavar="RULE", help="the rule that the forward should be; its samples are the inputs")
    check.add_argument("--timeout", type=seconds, default=60.0, metavar="S", help="seconds (default 60)")
    check.add_argument("--json", action="store_true", help="print JSON")
    check.set_defaults(do=check_command)


def check_command(options: argparse.Namespace) -> int:
    from ..doctor.gradients.isolated import isolated

    if options.like is not None and not options.like.strip():
        raise WrongUseError("check: --like: expected the name of a rule; `dlconcepts practice --list` shows them")
    if not options.file.is_file():
        raise WrongUseError(f"check: {options.file}: {nearest_file(options.file)}")
    found = isolated(options.file, options.like, options.timeout)
    if "misuse" in found:
        raise WrongUseError(f"check: {found['misuse']}")
    diagnoses = found["diagnoses"]
    right = all(d["right"] for d in diagnoses.values())
    if options.json:
        print(
            json.dumps({"file": str(options.file), "right": right, "diagnoses": diagnoses}, indent=1, allow_nan=False)
        )
        return 0 if right else FAILED
    if found["printed"].strip():
        print(found["printed"].rstrip(), file=sys.stderr)
    for name, diagnosis in diagnoses.items():
        print(f"{name}: {diagnosis['text']}" if len(diagnoses) > 1 else diagnosis["text"])
    going_on(found.get("like"), right)
    return 0 if right else FAILED


def going_on(like: str | None, right: bool) -> None:
    """After an exercise: where to go from here."""
    from ..doctor.practice import after, title

    if like and (name := title(like)):
        print(after(name) if right else f"Stuck? dlconcepts practice --solution '{name}'")


def nearest_file(path: Path) -> str:
    """What to say of a file that is not there."""
    from difflib import get_close_matches

    if path.is_dir():
        return "is a folder; expected a Python file"
    if path.is_symlink():
        return "is a link to a file that is not there"
    near = get_close_matches(path.name, [p.name for p in path.parent.glob("*.py")] if path.parent.is_dir() else [], n=1)
    return "no such file" + (f"; did you mean {near[0]!r}?" if near else "")
