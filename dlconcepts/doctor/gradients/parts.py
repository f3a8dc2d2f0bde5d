"""Suspicions about a gradient that is wrong in a part only, or wrong by letting through what another part should.

Shapes: a part's numbers, of the truth and of what was returned, are (n,) for each exam.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from .evidence import Exam
from .factors import judged
from .regions import region
from .trouble import Suspicion, Trouble, common, constant, quotient

LEVELS = 4  # different slopes, at most, of a function that is made of straight lines
SAME = 1e-5


class Part(NamedTuple):
    """The wrong entries of one exam. whole: are there no right ones? dy: the upstream gradient there, if it fits."""

    ours: Tensor
    truth: Tensor
    whole: bool
    dy: Tensor | None


def parts(trouble: Trouble) -> list[Part]:
    return [part(e, trouble.i) for e in trouble.clear]


def part(e: Exam, i: int) -> Part:
    wrong = e.wrong(i)
    dy = e.dy[wrong] if e.dy.shape == wrong.shape else None
    return Part(e.ours[i][wrong], e.truth[i][wrong], bool(wrong.all()), dy)


def mask(trouble: Trouble) -> Suspicion | None:
    """Each wrong entry is 0 where it should not be, or is not where it should; some are the latter."""
    found = parts(trouble)
    if all(bool(((p.ours == 0) | (p.truth == 0)).all()) for p in found) and any((p.truth == 0).any() for p in found):
        only = all((p.truth == 0).all() for p in found)
        detail = "lets through what must be 0" if only else "from the wrong side or tensor"
        return Suspicion("mask", detail, region(trouble), "which entries let the gradient through?")
    return None


def zero_in_a_part(trouble: Trouble) -> Suspicion | None:
    found = parts(trouble)
    if not all(p.whole for p in found) and not any(p.ours.any() for p in found):
        return Suspicion("zero", "in a part", region(trouble), "nothing flows back there, and something should")
    return None


def other_branch(trouble: Trouble) -> Suspicion | None:
    """Straight lines: each entry has one of the few slopes that the truth has, and some the wrong one."""
    if all(takes_other_slopes(e, trouble.i) for e in trouble.clear):
        return Suspicion("mask", "branches exchanged", region(trouble), "which entry takes the slope of which side?")
    return None


def takes_other_slopes(e: Exam, i: int) -> bool:
    if e.dy.shape != e.truth[i].shape:
        return False
    mine, true = (quotient(g, e.dy).reshape(-1).mul(1e9).round() for g in (e.ours[i], e.truth[i]))
    levels = true.unique()
    return 2 <= len(levels) <= LEVELS and bool(torch.isin(mine, levels).all())


def factor_in_a_part(trouble: Trouble) -> Suspicion | None:
    """A constant times the truth there; at a single point it is the slope of the other side."""
    found = parts(trouble)
    if all(p.whole for p in found):
        return None
    ratios = [constant(quotient(p.ours, p.truth), SAME) for p in found]
    known = [ratio for ratio in ratios if ratio]
    if len(known) < len(ratios):
        return None
    where = region(trouble)
    if where.startswith("at "):
        return Suspicion("mask", "the other side's slope at the kink", where, "which side does the kink belong to?")
    return judged(trouble, list(trouble.clear), known, where)


def shifted_in_a_part(trouble: Trouble) -> Suspicion | None:
    """A constant times dy is missing there."""
    found = parts(trouble)
    if all(p.whole for p in found):
        return None
    lost = common([None if p.dy is None else constant(quotient(p.truth - p.ours, p.dy), SAME) for p in found], SAME)
    if lost is None:
        return None
    return Suspicion("missing term", f"{lost:.6g} dy", region(trouble), f"add {lost:.6g} dy there")
