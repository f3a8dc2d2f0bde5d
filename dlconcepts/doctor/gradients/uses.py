"""Suspicions about how the contributions of several uses of an input are put together.

Shapes: J (Y, X), a row per entry of y; contributions dy_k J_ki (Y, X) add up to the truth.
"""

from collections.abc import Iterator
from functools import partial
from itertools import combinations, product

import torch
from torch import Tensor

from .evidence import Exam
from .trouble import Suspicion, Trouble, equal


def not_summed(trouble: Trouble) -> Suspicion | None:
    """The right numbers, not yet added up; or of several contributions only one, the others overwritten."""
    i = trouble.i
    advice = "an input that is used for several outputs gets the sum of their gradients"
    if trouble.comparable:
        return None
    if all(any(equal(s, e.truth[i]) for s in sums(e.ours[i], e.truth[i])) for e in trouble.clear):
        if all(e.ours[i].numel() == e.truth[i].numel() for e in trouble.clear):
            return Suspicion(
                "wrong shape", shapes(trouble), "", "the numbers are right: reshape, or sum without keepdim"
            )
        return Suspicion("not summed after broadcasting", shapes(trouble), "", advice)
    return None


def overwritten(trouble: Trouble) -> Suspicion | None:
    """Of several contributions to one entry only the first or last: assigned, where they add up."""
    i = trouble.i
    advice = "what is used several times gets the sum of the gradients of its uses: +=, or index_add"
    rank = trouble.clear[0].y.ndim
    choices = [axes for n in range(rank) for axes in combinations(range(rank), n)]
    for which, axes in product(("last", "first"), choices):
        if trouble.meets(partial(one_of_several, i=i, which=which, axes=axes)):
            return Suspicion("missing term", f"of several uses only the {which} one counts", "", advice)
    return None


def shapes(trouble: Trouble) -> str:
    ours, truth = trouble.clear[0].ours[trouble.i], trouble.clear[0].truth[trouble.i]
    return f"shape {tuple(ours.shape)} where {tuple(truth.shape)} belongs"


def sums(ours: Tensor, truth: Tensor) -> Iterator[Tensor]:
    """ours summed over each choice of axes, where that gives the truth's number of entries."""
    for count in range(1, ours.ndim + 1):
        for axes in combinations(range(ours.ndim), count):
            s = ours.sum(axes)
            if s.numel() == truth.numel():
                yield s.reshape(truth.shape)


def contributions(exam: Exam, i: int) -> Tensor | None:
    """(Y, X): what each entry of y sends to each entry of the input."""
    J = exam.J(i)
    return None if J is None else exam.dy.reshape(-1, 1) * J


def one_of_several(exam: Exam, i: int, which: str, axes: tuple[int, ...]) -> Tensor | None:
    """Where an assignment overwrites: the last (or first) contribution that is not 0, those along axes added up."""
    C = contributions(exam, i)
    if C is None or not C.numel() or len(axes) >= exam.y.ndim:
        return None
    C = C.view(*exam.y.shape, -1)
    C = (C.sum(axes) if axes else C).reshape(-1, C.shape[-1])
    C = C.flip(0) if which == "last" else C
    first = (C != 0).to(torch.int8).argmax(0, keepdim=True)
    return C.gather(0, first).reshape(exam.truth[i].shape)


def wrong_axis(trouble: Trouble) -> Suspicion | None:
    """Sums and means of the contributions along other axes; the same with the axes of input and output exchanged."""
    i = trouble.i
    if all(any(equal(s, e.ours[i]) for s in other_sums(e, i)) for e in trouble.clear):
        return Suspicion("wrong axis", "summed over another axis", "", "the sum must leave the input's own axes")
    return None


def other_sums(exam: Exam, i: int) -> Iterator[Tensor]:
    """The contributions, an entry of y each, summed over every choice of y's axes, in the shape that was returned."""
    C, ours = contributions(exam, i), exam.ours[i]
    if C is None:
        return
    F = C.sum(1).view(exam.y.shape)
    for count in range(F.ndim + 1):
        for axes in combinations(range(F.ndim), count):
            s = F.sum(axes) if axes else F
            if axes and s.numel() == ours.numel():
                yield s.reshape(ours.shape)
