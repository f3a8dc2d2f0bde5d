"""The table of faults: a row is a function that tries one on a box and says how it went."""

from collections.abc import Callable
from typing import NamedTuple

from .box import Box


class Trial(NamedTuple):
    """How a fault went. refused: in one line, with the cure (or the work was done in spite of it). kept: nothing that
    was finished is lost, nothing half-written is left. said: the line, or what happened instead."""

    refused: bool
    kept: bool
    said: str


class NotHereError(Exception):
    """This machine cannot make the fault: why."""


ROWS: dict[str, Callable[[Box], Trial]] = {}


def row(name: str) -> Callable:
    """Registers a function as the trial of the fault with this name."""

    def register(function: Callable[[Box], Trial]) -> Callable[[Box], Trial]:
        assert name not in ROWS, name
        ROWS[name] = function
        return function

    return register


def last_line(text: str) -> str:
    """The last line that says anything."""
    return next((line for line in reversed(text.splitlines()) if line.strip()), "")
