"""How the command line's words become values: each reader refuses what is out of range, and says what is in it."""

import argparse
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path

FAILED, WRONG_USE, INTERRUPTED, TERMINATED = 1, 2, 130, 143  # exit codes


class WrongUseError(Exception):
    """Options that do not go together: one line, exit code 2."""


def count(text: str, most: int = 1_000_000) -> int:
    """A whole number from 1 to a million."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if not 1 <= value <= most:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a whole number from 1 to {most}")
    return value


def cores(text: str) -> int:
    """How many threads or processes: more than a machine has cores only slow it down, thousands it may not start."""
    return count(text, 256)


def seconds(text: str) -> float:
    """A time from a tenth of a second to a day."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.1 <= value <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r}: expected seconds from 0.1 to 86400")
    return value


def path(text: str) -> Path:
    """A path, which need not be there."""
    if not text.strip() or "\0" in text:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a path")
    return Path(text)


def one_of(names: list[str], what: str) -> Callable[[str], str]:
    """A name out of a list; the nearest is suggested."""

    def check(text: str) -> str:
        if text in names:
            return text
        near = get_close_matches(text, names, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise argparse.ArgumentTypeError(f"{text!r}: expected a {what}, one of {', '.join(names)}{hint}")

    return check


def formats(text: str) -> tuple[str, ...]:
    """png,svg,pdf or some of them."""
    known = ("png", "svg", "pdf")
    chosen = tuple(dict.fromkeys(text.split(",")))
    if not set(chosen) <= set(known):
        raise argparse.ArgumentTypeError(f"{text!r}: expected some of {','.join(known)}")
    return chosen


def assignment(text: str) -> tuple:
    """A Setting's field and its value, from FIELD=VALUE."""
    from ..training.setting import parse

    try:
        return parse(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None
