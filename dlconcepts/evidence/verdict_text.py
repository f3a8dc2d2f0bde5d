"""Verdicts in words: their numbers, all conditions, or the few that say most. Needs no torch."""

import re
from collections.abc import Iterable

from .records import Verdict


def numbers(verdict: Verdict) -> str:
    """Effect, interval and what it was held against."""
    if verdict.effect is None:
        return f"{verdict.metric}: no number, a model diverged or there are too few seeds"
    if verdict.exact:
        return f"{verdict.metric}: {verdict.effect:.1e}, bound {verdict.threshold:.0e}"
    against = f"margin {verdict.margin:g}" if verdict.margin is not None else f"threshold {verdict.threshold:g}"
    return f"{verdict.metric}: {verdict.effect:.4g} [{verdict.low:.4g}, {verdict.high:.4g}], {against}"


def told(verdict: Verdict, indent: str) -> list[str]:
    """The numbers behind a verdict, a line each; its parts by name."""
    return conditions(verdict.parts, indent) if verdict.parts else [indent + numbers(verdict)]


def conditions(parts: dict[str, Verdict], indent: str) -> list[str]:
    """Two lines for each condition: what came out, and its numbers."""
    pairs = ((f"{indent}{part.outcome}: {name}", f"{indent}  {numbers(part)}") for name, part in parts.items())
    return [line for pair in pairs for line in pair]


def telling(verdict: Verdict, about: Iterable[str] = ()) -> dict[str, Verdict]:
    """The conditions that name one of these things; where none does, the first of each outcome.

    Measured effects come before identities: an interval says more than a deviation within rounding.
    """
    named = {name: part for name, part in verdict.parts.items() if any(mentions(name, word) for word in about)}
    if named and len(named) < len(verdict.parts):
        return named
    first: dict[str, str] = {}
    for name in sorted(verdict.parts, key=lambda name: verdict.parts[name].exact):
        first.setdefault(verdict.parts[name].outcome, name)
    return {name: part for name, part in verdict.parts.items() if name in first.values()}


def mentions(text: str, word: str) -> bool:
    """Is it in the text as a word of its own?"""
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text, re.IGNORECASE) is not None
