"""One wrong gradient over all its exams, and when a suspicion about it counts as proven.

Shapes: a prediction has the shape of what the backward returned.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from .evidence import TRUST, Exam

NEAR = 1e-6  # a prediction must meet the reader's numbers as closely as this
SHARE = 1e-3  # and leave unexplained no more than this part of the deviation
ON_EDGES = ("whole numbers", "zeros", "large values")  # looked at last: everything is wrong there in its own way


class Suspicion(NamedTuple):
    """A possible answer: the cause, which factor or term, where, and what the reader should look at."""

    cause: str
    detail: str = ""
    where: str = ""
    advice: str = ""


@dataclass(frozen=True)
class Trouble:
    """exams: those where the gradient by input i is wrong; before: all exams in the order they were made."""

    i: int
    name: str
    names: tuple[str, ...]  # of the forward's inputs
    exams: Sequence[Exam]
    before: Sequence[Exam]
    forward: Callable | None = None  # the reader's own

    @property
    def clear(self) -> Sequence[Exam]:
        """The exams to reason about: not the provoked ones, nor the too large ones, unless there are no others."""
        plain = [e for e in self.exams if e.probe.name not in ON_EDGES] or self.exams
        return [e for e in plain if e.small(self.i)] or plain

    @property
    def comparable(self) -> bool:
        """Has it the right shape?"""
        return all(e.ours[self.i].shape == e.truth[self.i].shape for e in self.exams)

    def meets(self, predict: Callable[[Exam], Tensor | None]) -> bool:
        """Does the prediction equal what the backward returned, in every exam?"""
        return bool(self.clear) and all(self.met(exam, predict) for exam in self.clear)

    def met(self, exam: Exam, predict: Callable[[Exam], Tensor | None]) -> bool:
        predicted = predict(exam)
        return predicted is not None and close(exam, self.i, predicted)


def close(exam: Exam, i: int, predicted: Tensor) -> bool:
    """Is the prediction what was returned, and that much nearer to it than the truth is?"""
    ours, truth = exam.ours[i], exam.truth[i]
    if predicted.shape != ours.shape or not predicted.isfinite().all() or not ours.isfinite().all():
        return False
    if not ours.numel():
        return False
    missed = float((predicted - ours).abs().max())
    size = max(float(ours.abs().max()), exam.scale(i) if truth.numel() else 0.0)
    if missed > (10 * TRUST if i in exam.by_values else NEAR) * size:
        return False
    if truth.shape != ours.shape:
        return True
    known = truth.isfinite()
    return missed <= SHARE * float((ours - truth)[known].abs().max())


def equal(a: Tensor, b: Tensor) -> bool:
    return a.shape == b.shape and torch.allclose(a, b, rtol=1e-6, atol=1e-9)


def quotient(a: Tensor, b: Tensor) -> Tensor:
    """a / b where b is not 0, else NaN."""
    return torch.where(b != 0, a / b, torch.nan)


def common(values: Sequence[float | None], tolerance: float) -> float | None:
    """The one number that all of them are, if there is one and it is not 0."""
    known = [value for value in values if value]
    if len(known) < len(values) or max(known) - min(known) > tolerance * abs(known[0]):
        return None
    return known[0]


def constant(values: Tensor, tolerance: float = NEAR) -> float | None:
    """The one number that all entries which are not NaN are, if there is one."""
    known = values[~values.isnan()]
    if not known.numel() or not known.isfinite().all():
        return None
    middle = known.median()
    return (
        float(middle) if bool(((known - middle).abs() <= tolerance * max(1e-12, float(middle.abs()))).all()) else None
    )
