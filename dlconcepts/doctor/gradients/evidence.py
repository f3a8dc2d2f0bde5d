"""Examinations: what a backward returned on some inputs, beside the truth, and how far apart the two are.

Shapes: dx and its truth as x.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from ...rules.verify import error
from .patient import Patient
from .probes import Probe, copies
from .truth import by_autograd, by_differences, floating, jacobian, kinked

BOUND = 1e-12  # verify's own for sums and products; what is above it must be explained by rounding
RELATIVE = 1e-9  # of gradients that are small throughout
FLOOR = 1e-6  # times the upstream gradient: below that a gradient counts as 0, as where everything is saturated
TRUST = 1e-6  # differences and autograd disagree by more than this: one of them is not the gradient
SMALL = 640  # entries of y up to which its whole derivative is looked at


@dataclass(frozen=True)
class Reference:
    """The function whose gradient is the truth: the reader's own forward, or what it should be like."""

    function: Callable[..., Tensor]
    own: bool

    def at(self, probe: Probe) -> Callable[..., Tensor]:
        return lambda *inputs: self.function(*inputs, **probe.constants)


@dataclass
class Exam:
    """One probe: y, the upstream gradient dy, what backward returned and the truth, each by position of the input."""

    probe: Probe
    reference: Reference
    y: Tensor
    saved: Any
    dy: Tensor
    ours: dict[int, Tensor]
    truth: dict[int, Tensor]
    detached: dict[int, Tensor] = field(default_factory=dict)  # autograd's answer, where differences refute it
    by_values: set[int] = field(default_factory=set)  # where the truth comes from differences
    trusted: dict[int, Tensor] = field(default_factory=dict)  # where differences were asked, and can be trusted
    coarse: bool = False  # float32 numbers where float64 was given

    def witnesses(self, i: int, index: tuple[int, ...]) -> str:
        """Who says what is true at this entry?"""
        if i in self.by_values:
            return "by finite differences"
        agree = i in self.trusted and bool(self.trusted[i][index])
        return "by torch.autograd and by finite differences" if agree else "by torch.autograd"

    def shapes_differ(self, positions: Sequence[int]) -> bool:
        """Has a gradient another shape than its input?"""
        return any(i in self.ours and self.ours[i].shape != self.truth[i].shape for i in positions)

    def scale(self, i: int) -> float:
        """The size that errors are measured by: the largest entry, or what the upstream gradient lets expect."""
        t = self.truth[i][self.truth[i].isfinite()]
        return max(
            float(t.abs().max()) if t.numel() else 0.0, FLOOR * float(self.dy.abs().max()) if self.dy.numel() else 1
        )

    def wrong(self, i: int) -> Tensor:
        """Which entries of the gradient by input i are wrong."""
        a, b = self.ours[i], self.truth[i]
        return ~((a - b).abs() <= self.tolerance(i) * self.scale(i)) & b.isfinite()

    def tolerance(self, i: int) -> float:
        """Differences are no better than TRUST."""
        return TRUST if i in self.by_values or self.coarse else RELATIVE

    def doubt(self, i: int) -> None:
        """Asks differences whether autograd's answer is the gradient; where it is not, theirs becomes the truth."""
        if i in self.trusted:
            return
        old = self.truth.get(i)
        differences, trusted = by_differences(self.reference.at(self.probe), self.probe.inputs, self.dy, i)
        self.trusted[i] = trusted
        if old is None:
            self.truth[i] = torch.where(trusted, differences, torch.nan)
            self.by_values.add(i)
            return
        scale = max(1.0, float(old[old.isfinite()].abs().max()) if old.isfinite().any() else 0.0)
        if (trusted & ~((old - differences).abs() <= TRUST * scale)).any():
            self.truth[i], self.detached[i] = torch.where(trusted, differences, torch.nan), old
            self.by_values.add(i)

    def error(self, i: int) -> float:
        """verify's error, and of a tensor of small numbers the relative one."""
        a, b = self.ours[i], self.truth[i]
        known = b.isfinite()
        if a.shape != b.shape or not a[known].isfinite().all():
            return float("inf")
        return error(a[known].to(b.dtype), b[known])

    def equal(self, i: int) -> bool:
        return self.error(i) <= (TRUST if i in self.by_values or self.coarse else BOUND) and not bool(
            self.wrong(i).any()
        )

    @cached_property
    def derivatives(self) -> dict[int, Tensor | None]:
        return {}

    def J(self, i: int) -> Tensor | None:
        """The derivative of y by input i as a matrix (Y, X), where that is small."""
        if i not in self.derivatives:
            function = self.reference.at(self.probe)
            self.derivatives[i] = jacobian(function, self.probe.inputs, i) if self.small(i) else None
        return self.derivatives[i]

    def small(self, i: int) -> bool:
        return self.y.numel() <= SMALL and self.probe.inputs[i].numel() <= SMALL

    def at_kink(self, i: int, index: tuple[int, ...]) -> bool:
        """Does the slope jump at this entry?"""
        x = self.probe.inputs[i]
        k = int(torch.arange(x.numel()).view(x.shape)[index])
        return kinked(self.reference.at(self.probe), self.probe.inputs, self.dy, i, k)


def upstream(y: Tensor, seed: int) -> Tensor:
    """A random upstream gradient, no entry of it near 0 or 1: with ones some wrong backwards pass."""
    generator = torch.Generator().manual_seed(seed)
    side = torch.randint(2, y.shape, generator=generator) * 2 - 1
    dy = side * (0.4 + 1.3 * torch.rand(y.shape, generator=generator, dtype=torch.float64))
    return dy.to(y.dtype)


def call(patient: Patient, probe: Probe, dy: Tensor | None = None, seed: int = 0) -> tuple[Tensor, Any, Tensor, tuple]:
    """One forward and backward on copies of the probe's inputs: y, saved, dy and the gradients."""
    inputs = copies(probe.inputs)
    y, saved = patient.forward(*inputs, **probe.constants)
    dy = upstream(y, seed) if dy is None else dy
    kept = y.detach().clone()
    gradients = patient.backward(dy.clone(), saved, inputs, probe.constants)
    return kept, saved, dy, tuple(None if g is None else g.detach() for g in gradients)


def examine(patient: Patient, reference: Reference, probe: Probe, seed: int) -> Exam:
    """The probe's exam."""
    y, saved, dy, ours = call(patient, probe, seed=seed)
    truth = by_autograd(reference.at(probe), probe.inputs, dy)
    returned = {i: g.to(torch.float64) for i, g in enumerate(ours) if g is not None}
    exam = Exam(probe, reference, y, saved, dy, returned, truth or {})
    exam.coarse = any(g is not None and g.dtype != torch.float64 for g in ours)
    for i in (i for i, x in enumerate(probe.inputs) if floating(x) and i not in exam.truth):
        exam.doubt(i)
    return exam
