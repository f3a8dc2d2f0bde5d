"""Suspicions about a factor that differs from entry to entry, or from row to row.

Shapes: quotients as the gradient; what is compared with them broadcasts to that shape.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from .evidence import Exam
from .trouble import NEAR, Suspicion, Trouble, close, common, constant, quotient
from .truth import by_autograd


def candidates(exam: Exam, i: int, names: tuple[str, ...]) -> Iterator[tuple[str, Tensor]]:
    """What may have been forgotten as a factor, or put in twice: the tensors at hand and what one makes of them."""
    shape = exam.truth[i].shape
    given = [*zip(names, exam.probe.inputs, strict=False), ("y", exam.y), ("dy", exam.dy)]
    tensors = [(n, x) for n, x in given if isinstance(x, Tensor) and (x.is_floating_point() or x.dtype == torch.bool)]
    for name, x in tensors:
        x = x.to(exam.dy.dtype)
        yield from fitted(name, x, shape)
        for label, value in (
            (f"1 - {name}", 1 - x),
            (f"1 + {name}", 1 + x),
            (f"{name}^2", x * x),
            (f"1 - {name}^2", 1 - x * x),
            (f"|{name}|", x.abs()),
            (f"sqrt({name})", x.sqrt()),
            (f"exp({name})", x.exp()),
            (f"sigmoid({name})", x.sigmoid()),
        ):
            yield from fitted(label, value, shape)
    slope = exam.J(i)
    if slope is not None and slope.shape[0] == slope.shape[1]:
        yield "the local slope", slope.diagonal().view(shape)


def fitted(name: str, x: Tensor, shape: torch.Size) -> Iterator[tuple[str, Tensor]]:
    """x as it broadcasts to the gradient's shape: along its last axes, or its first."""
    for view in (x, x.reshape(x.shape + (1,) * (len(shape) - x.ndim)) if x.ndim < len(shape) else None):
        if view is None:
            continue
        try:
            yield name, view.expand(shape)
        except RuntimeError:
            continue


def missing_factor(trouble: Trouble) -> Suspicion | None:
    """The truth is ours times one of the candidates, or the other way round."""
    i = trouble.i
    tables = [dict(candidates(e, i, trouble.names)) for e in trouble.clear]
    for name in tables[0]:
        if not all(name in table for table in tables):
            continue
        pairs = list(zip(trouble.clear, tables, strict=True))
        if all(constant(t[name].abs()) is not None for t in tables):
            continue
        times = common([lacks(e, i, t[name]) for e, t in pairs], 1e-5)
        if times:
            c = "" if abs(times - 1) < 1e-5 else f"{times:.6g} "
            return Suspicion("missing factor", f"{c}{name}", "", f"multiply by {c}{name}")
        over = common([lacks(e, i, 1 / t[name]) for e, t in pairs], 1e-5)
        if over:
            c = "1" if abs(over - 1) < 1e-5 else f"{over:.6g}"
            return Suspicion("missing factor", f"{c}/({name})", "", f"divide by {name}, or do not multiply by it")
    return None


def lacks(exam: Exam, i: int, candidate: Tensor) -> float | None:
    """The c for which c times the candidate times ours is the truth; None without one."""
    ours, truth = exam.ours[i], exam.truth[i]
    c = constant(quotient(truth, ours * candidate), 10 * NEAR)
    if not c or not candidate.isfinite().all():
        return None
    return c if float((c * ours * candidate - truth).abs().max()) <= NEAR * exam.scale(i) else None


def mirrored(trouble: Trouble) -> Suspicion | None:
    """The slope at -x."""
    i = trouble.i

    def opposite(e: Exam) -> Tensor | None:
        inputs = [-x if k == i else x for k, x in enumerate(e.probe.inputs)]
        found = by_autograd(e.reference.at(e.probe), inputs, e.dy)
        return None if found is None else found[i]

    if trouble.meets(opposite):
        x = trouble.name.removeprefix("d")
        return Suspicion("sign", f"of {x}: this is the slope at -{x}", "", "a minus is lost, in an exponent perhaps")
    return None


def along_the_wrong_axis(trouble: Trouble) -> Suspicion | None:
    """A number per row is applied to the columns: the truth times v_i / v_j for some v (n,) and n columns."""
    i = trouble.i
    exams = trouble.clear
    if any(e.truth[i].ndim != 2 or e.truth[i].shape[0] != e.truth[i].shape[1] for e in exams):
        return None
    for number in range(len(vectors(exams[0]))):
        for power in (-1, 1):
            if all(close(e, i, exchanged(e, i, number, power)) for e in exams):
                return Suspicion(
                    "wrong axis", "one number a row, applied to the columns", "", "keepdim=True, or [:, None]"
                )
    return None


def exchanged(exam: Exam, i: int, number: int, power: int) -> Tensor:
    v = vectors(exam)[number] ** power
    return exam.truth[i] * v[:, None] / v


def vectors(exam: Exam) -> list[Tensor]:
    """A number per row at hand."""
    n = len(exam.probe.inputs[0]) if isinstance(exam.probe.inputs[0], Tensor) and exam.probe.inputs[0].ndim else 0
    found = [exam.dy, exam.y, *exam.probe.inputs]
    return [v for v in found if isinstance(v, Tensor) and v.is_floating_point() and v.shape == (n,)]
