"""Statements with their verdicts as plain values for the page: words, numbers and a small plot."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from ..evidence.records import Verdict
from .intervals import Plot, numbers, plot

OUTCOMES = ("supported", "conditional", "refuted", "not shown", "not judged")  # in the order that counts are shown in


class Row(NamedTuple):
    """One verdict as it is shown; `counts` says how its parts came out."""

    says: str
    outcome: str
    metric: str
    numbers: str
    seeds: int
    plot: Plot | None
    parts: list["Row"]
    counts: str


def row(says: str, verdict: Verdict) -> Row:
    parts = [row(name, part) for name, part in verdict.parts.items()]
    return Row(
        says=says,
        outcome=verdict.outcome,
        metric=verdict.metric.replace(" - ", " − "),
        numbers="" if parts else numbers(verdict),
        seeds=verdict.seeds,
        plot=plot(verdict),
        parts=parts,
        counts=counted(part.outcome for part in parts),
    )


def tally(outcomes: Iterable[str]) -> list[tuple[str, int]]:
    """(outcome, how many), in a fixed order, those that occur."""
    counts = Counter(outcomes)
    return [(outcome, counts[outcome]) for outcome in OUTCOMES if counts[outcome]]


def counted(outcomes: Iterable[str]) -> str:
    return ", ".join(f"{n} {outcome}" for outcome, n in tally(outcomes))
