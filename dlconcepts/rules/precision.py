"""How exact is a rule in float32, bfloat16 and float16? Its errors there beside torch's own.

Shapes: whatever the rule's samples have. The truth is the same rule in float64, on inputs rounded to the type: the
rounding of the inputs is not the rule's fault.
"""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from .rule import Rule, Sample, cast, normal
from .verify import LEADS, by_autograd, by_hand, error, gradient_names

# In eps of the type. A number rounded once is off by half an eps of itself; the other .01 is what float32 lost before.
BOUNDS = {torch.float32: 4.0, torch.bfloat16: 0.51, torch.float16: 0.51}


class TypeRow(NamedTuple):
    """The worst errors of one gradient of one rule in one type, in eps of the type; torch's is None if it refuses."""

    rule: str
    gradient: str
    dtype: str
    error: float
    torch: float | None
    bound: float
    cases: int

    @property
    def passed(self) -> bool:
        return self.error <= self.bound


def verify_in(dtype: torch.dtype, name: str, rule: Rule, seed: int = 0) -> list[TypeRow]:
    """One row for the forward ("y") and one per gradient: the worst errors over all samples and leading shapes."""
    generator = torch.Generator().manual_seed(seed)
    found: dict[str, list[tuple[float, float | None]]] = {}
    for lead in LEADS:
        for sample in rule.samples(lead, generator):
            for gradient, ours, torchs in errors_in(dtype, rule, sample, generator):
                found.setdefault(gradient, []).append((ours, torchs))
    return [
        TypeRow(
            name,
            gradient,
            str(dtype).removeprefix("torch."),
            max(ours for ours, _ in pairs),
            max((torchs for _, torchs in pairs if torchs is not None), default=None),
            BOUNDS[dtype],
            len(pairs),
        )
        for gradient, pairs in found.items()
    ]


def errors_in(
    dtype: torch.dtype, rule: Rule, sample: Sample, generator: torch.Generator
) -> Iterator[tuple[str, float, float | None]]:
    """(which, our error, torch's) for the forward and each gradient of one sample."""
    low = cast(sample, dtype)
    exact = cast(low, torch.float64)
    y, _ = rule.forward(*exact.inputs, **exact.constants)
    dy = normal(tuple(y.shape), generator).to(dtype)
    truths = (y, *by_hand(rule, exact, dy.double()))
    names = ("y", *gradient_names(rule))
    ours = (rule.forward(*low.inputs, **low.constants)[0], *by_hand(rule, low, dy))
    torchs = by_torch(rule, low, dy, len(truths) - 1) or (None,) * len(truths)
    for name, truth, own, other in zip(names, truths, ours, torchs, strict=False):
        yield name, in_eps(own, truth, dtype), None if other is None else in_eps(other, truth, dtype)


def by_torch(rule: Rule, sample: Sample, dy: Tensor, count: int) -> tuple[Tensor, ...] | None:
    """torch's value and gradients, None where it has no such operation in the type."""
    try:
        y = rule.reference(*sample.inputs, **sample.constants)
        return y, *by_autograd(rule, sample, dy, count)
    except (RuntimeError, NotImplementedError):
        return None


def in_eps(found: Tensor, truth: Tensor, dtype: torch.dtype) -> float:
    """The error in eps of the type; infinite for a result of another type. Beyond the type's range the truth is inf."""
    overflown = truth.to(dtype).double()
    truth = torch.where(overflown.isinf(), overflown, truth)
    return error(found.double(), truth) / torch.finfo(dtype).eps if found.dtype == dtype else float("inf")
