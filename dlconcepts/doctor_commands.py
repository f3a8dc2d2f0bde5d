"""The commands of the gradient doctor: `check` examines a file, `practice` writes exercises for it."""

import argparse
import json
import sys
from pathlib import Path

from .commands import WrongUseError
from .options import FAILED, path, seconds


def add_to(commands: argparse._SubParsersAction) -> None:
    """Adds both commands to the parser's."""
    check = commands.add_parser("check", help="what is wrong with the gradients in a file of yours")
    check.add_argument(
        "file", type=path, metavar="FILE.py", help="with NAME and NAME_backward, or forward and backward"
    )
    check.add_argument("--like", metavar="RULE", help="the rule that the forward should be; its samples are the inputs")
    check.add_argument("--timeout", type=seconds, default=60.0, metavar="S", help="seconds (default 60)")
    check.add_argument("--json", action="store_true", help="print JSON")
    check.set_defaults(do=check_command)

    practice = commands.add_parser("practice", help="write an exercise: the forward is given, the backward is yours")
    practice.add_argument("rule", nargs="?", metavar="RULE")
    practice.add_argument("--list", action="store_true", help="all exercises, from easy to hard")
    practice.add_argument("--solution", action="store_true", help="print ours, with its derivation")
    practice.add_argument(
        "--out", type=path, default=Path("practice"), metavar="DIR", help="where files go (default practice/)"
    )
    practice.set_defaults(do=practice_command)


def check_command(options: argparse.Namespace) -> int:
    from .doctor.isolated import isolated

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
    from .practice import after, title

    if like and title(like):
        print(after(title(like)) if right else f"Stuck? dlconcepts practice --solution '{title(like)}'")


def practice_command(options: argparse.Namespace) -> int:
    from . import practice
    from .records import write

    if options.solution and not options.rule:
        raise WrongUseError("practice: --solution goes with the name of a rule")
    if options.list and options.rule:
        raise WrongUseError("practice: --list shows all rules; leave it out to take one")
    if options.list or not options.rule:
        print(practice.listing())
        return 0
    name = practice.title(options.rule)
    if name is None:
        raise WrongUseError(f"practice: {practice.unknown(options.rule)}")
    if options.solution:
        print(practice.solution(name))
        return 0
    path = options.out / practice.file_name(name)
    if path.exists():
        raise ValueError(f"practice: {path} exists and is not overwritten; remove it, or give another --out DIR")
    write(path, practice.exercise(name))
    print(f"{path}: fill in the backward, then: dlconcepts check {path}")
    return 0


def nearest_file(path: Path) -> str:
    """What to say of a file that is not there."""
    from difflib import get_close_matches

    if path.is_dir():
        return "is a folder; expected a Python file"
    if path.is_symlink():
        return "is a link to a file that is not there"
    near = get_close_matches(path.name, [p.name for p in path.parent.glob("*.py")] if path.parent.is_dir() else [], n=1)
    return "no such file" + (f"; did you mean {near[0]!r}?" if near else "")
