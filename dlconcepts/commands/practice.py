"""The command `practice`: writes exercises for the gradient doctor."""

import argparse
from pathlib import Path

from .options import WrongUseError, path


def add_to(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the parser's."""
    practice = commands.add_parser("practice", help="write an exercise: the forward is given, the backward is yours")
    practice.add_argument("rule", nargs="?", metavar="RULE")
    practice.add_argument("--list", action="store_true", help="all exercises, from easy to hard")
    practice.add_argument("--solution", action="store_true", help="print ours, with its derivation")
    practice.add_argument(
        "--out", type=path, default=Path("practice"), metavar="DIR", help="where files go (default practice/)"
    )
    practice.set_defaults(do=practice_command)


def practice_command(options: argparse.Namespace) -> int:
    from ..doctor import practice
    from ..evidence.records import write

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
