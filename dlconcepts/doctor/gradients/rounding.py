"""Is a small deviation rounding, or a small mistake?

Shapes: as the gradient.
Rounding shrinks with the precision: the same formula is some 1e8 times as far off in float32 as in float64. A wrong
constant is not: it is as wrong in both. And rounding moves when the inputs move by their last digit.
"""

import torch
from torch import Tensor

from .evidence import Exam, call
from .patient import Patient
from .probes import Probe, cast
from .truth import by_autograd, floating

SMALL = 1e-4  # of the largest entry; what is further off is wrong, whatever the reason
SHRINKS = 1e4
TRIES = 4


def is_rounding(patient: Patient, exam: Exam, i: int) -> bool:
    """Is the deviation of gradient i explained by rounding?"""
    ours, truth = exam.ours[i], exam.truth[i]
    known = truth.isfinite()
    if not ours[known].isfinite().all():
        return False
    off = float((ours - truth)[known].abs().max()) / exam.scale(i)
    return off <= SMALL and (moves_with_last_digit(patient, exam, i, off) or shrinks(patient, exam, i, off))


def shrinks(patient: Patient, exam: Exam, i: int, off: float) -> bool:
    """Is it ten thousand times as far off in float32?"""
    rounded = Probe(
        "", tuple(cast(cast(x, torch.float32), torch.float64) if floating(x) else x for x in exam.probe.inputs)
    )
    single = rounded._replace(inputs=tuple(cast(x, torch.float32) if floating(x) else x for x in rounded.inputs))
    try:
        dy = exam.dy.float()
        truth = (by_autograd(exam.reference.at(exam.probe), rounded.inputs, dy.double()) or {})[i]
        *_, found = call(patient, single._replace(constants=exam.probe.constants), dy)
        far = float((found[i].double() - truth).abs().max()) / exam.scale(i)
    except Exception:  # made for float64 alone
        return False
    return far >= SHRINKS * off


def moves_with_last_digit(patient: Patient, exam: Exam, i: int, off: float) -> bool:
    """Does the gradient itself move as much when the inputs change in their last digits?"""
    generator, moved = torch.Generator().manual_seed(3), 0.0
    for _ in range(TRIES):
        inputs = tuple(jittered(x, generator) for x in exam.probe.inputs)
        try:
            *_, found = call(patient, exam.probe._replace(inputs=inputs), exam.dy)
            moved = max(moved, float((found[i] - exam.ours[i]).abs().max()) / exam.scale(i))
        except Exception:  # not asked for
            return False
    return moved >= off / 3


def jittered(x: Tensor, generator: torch.Generator) -> Tensor:
    if not floating(x):
        return x
    side = torch.randint(-1, 2, x.shape, generator=generator)
    return x * (1 + side * torch.finfo(x.dtype).eps)
