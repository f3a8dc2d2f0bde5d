"""Is a hand-written backward right? Compare it with torch.autograd and with finite differences.

Shapes: whatever the rule's samples have.
The five-point stencil is exact to fourth order: M. Abramowitz, I. A. Stegun, "Handbook of Mathematical Functions",
1964, table 25.2.
"""

from collections.abc import Iterator
from inspect import signature
from typing import NamedTuple

import torch
from torch import Tensor

from .rule import Rule, Sample, normal

LEADS = [(), (1,), (3,), (2, 3)]  # leading dimensions: one model, a stack of one, a stack, a stack of stacks
DIFFERENCES_BOUND = 1e-9  # ten thousand times the stencil's rounding noise at h = 1e-3, a thousandth of a 1e-6 fault


class Row(NamedTuple):
    """What was found for one gradient of one rule ("y" is the forward itself). Errors are `error`'s."""

    rule: str
    gradient: str
    autograd: float
    differences: float | None
    bound: float
    cases: int

    @property
    def passed(self) -> bool:
        return self.autograd <= self.bound and (self.differences or 0) <= DIFFERENCES_BOUND


def error(ours: Tensor, theirs: Tensor) -> float:
    """max |a - b| / max(1, max |b|) over the finite entries; infinite where shape, dtype, NaNs or infs differ.

    Scaled by the tensor and not entry by entry: near a zero, torch differs from itself by any number of ulps.
    """
    if ours.shape != theirs.shape or ours.dtype != theirs.dtype or not same_non_finite(ours, theirs):
        return float("inf")
    finite = theirs.isfinite()
    if not finite.any():
        return 0.0
    a, b = ours[finite], theirs[finite]
    return float((a - b).abs().max() / b.abs().max().clamp_min(1))


def same_non_finite(a: Tensor, b: Tensor) -> bool:
    """Are NaN, inf and -inf at the same places?"""
    infinite = b.isinf()
    same_nan, same_infinite = torch.equal(a.isnan(), b.isnan()), torch.equal(a.isinf(), infinite)
    return same_nan and same_infinite and torch.equal(a[infinite], b[infinite])


def by_hand(rule: Rule, sample: Sample, dy: Tensor) -> tuple[Tensor, ...]:
    """The rule's own gradients for the upstream gradient dy: dx, then one per parameter."""
    _, saved = rule.forward(*sample.inputs, **sample.constants)
    return rule.backward(dy, *saved)


def by_autograd(rule: Rule, sample: Sample, dy: Tensor, count: int) -> tuple[Tensor, ...]:
    """torch's gradients of the first `count` inputs, through the rule's reference."""
    leaves = [x.detach().clone().requires_grad_() for x in sample.inputs[:count]]
    y = rule.reference(*leaves, *sample.inputs[count:], **sample.constants)
    if not y.requires_grad:  # a constant function: torch has no path back
        return tuple(torch.zeros_like(leaf) for leaf in leaves)
    found = torch.autograd.grad(y, leaves, dy, allow_unused=True)
    return tuple(torch.zeros_like(x) if dx is None else dx for x, dx in zip(leaves, found, strict=True))


def by_differences(rule: Rule, sample: Sample, dy: Tensor, i: int, h: float = 1e-3) -> Tensor:
    """The gradient of sum(dy y) by input i from values of our own forward alone, by the five-point stencil.

    (f(x - 2h) - 8 f(x - h) + 8 f(x + h) - f(x + 2h)) / 12 h, for one entry of the input after the other.
    """
    x = sample.inputs[i]

    def value(position: int, shift: float) -> Tensor:
        moved = x.clone(memory_format=torch.contiguous_format)
        moved.view(-1)[position] += shift
        y, _ = rule.forward(*sample.inputs[:i], moved, *sample.inputs[i + 1 :], **sample.constants)
        return y

    def slope(position: int) -> Tensor:
        far = value(position, -2 * h) - value(position, 2 * h)  # subtracted before the sum, where less is lost
        near = value(position, h) - value(position, -h)
        return (dy * (far + 8 * near)).sum() / (12 * h)

    return torch.stack([slope(k) for k in range(x.numel())]).view(x.shape) if x.numel() else torch.zeros_like(x)


def gradient_names(rule: Rule) -> list[str]:
    """dx, dW, db ...: named after the forward's arguments."""
    return ["d" + name for name in signature(rule.forward).parameters]


def verify(name: str, rule: Rule, seed: int = 0) -> list[Row]:
    """One row for the forward ("y") and one per gradient: the worst errors over all samples and leading shapes.

    The upstream gradient is random: with ones, a softmax or batch norm backward that returns zeros would pass.
    """
    generator = torch.Generator().manual_seed(seed)
    worst: dict[str, tuple[float, float | None, int]] = {}
    for lead in LEADS:
        for sample in rule.samples(lead, generator):
            for gradient, autograd, differences in compare(rule, sample, generator):
                a, d, cases = worst.get(gradient, (0.0, None, 0))
                d = differences if d is None else max(d, differences or 0.0)
                worst[gradient] = max(a, autograd), d, cases + 1
    return [Row(name, gradient, a, d, rule.bound, cases) for gradient, (a, d, cases) in worst.items()]


def compare(rule: Rule, sample: Sample, generator: torch.Generator) -> Iterator[tuple[str, float, float | None]]:
    """(which, error against torch, error against differences) for the forward and each gradient of one sample."""
    y, _ = rule.forward(*sample.inputs, **sample.constants)
    yield "y", error(y, rule.reference(*sample.inputs, **sample.constants)), None
    dy = normal(tuple(y.shape), generator).to(y.dtype)
    ours = by_hand(rule, sample, dy)
    theirs = by_autograd(rule, sample, dy, len(ours))
    names = gradient_names(rule)[: len(ours)]
    for i, (gradient, a, b) in enumerate(zip(names, ours, theirs, strict=True)):
        differences = error(a, by_differences(rule, sample, dy, i)) if sample.smooth else None
        yield gradient, error(a, b), differences
