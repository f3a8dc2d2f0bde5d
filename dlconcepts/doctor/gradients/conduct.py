"""How a backward behaves, before anybody looks at its numbers: what it returns, what it changes, what it remembers.

Shapes: as the examined inputs. Each check returns a Finding or None; CONDUCT is the order in which they are asked.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from ...rules.verify import error
from .crash import guarded
from .evidence import Reference, call, upstream
from .patient import Patient
from .probes import Probe, copies

FORWARD = 1e-9  # a forward may lose some digits; which, is not the question here


class Finding(NamedTuple):
    """What is wrong: a cause, its detail, where, on which gradient (None: no particular one), and what to look at."""

    cause: str
    detail: str = ""
    where: str = ""
    gradient: int | None = None
    advice: str = ""


class Visit(NamedTuple):
    """What the checks look at: the patient, the inputs, which of them need a gradient, one call's outcome."""

    patient: Patient
    probe: Probe
    wanted: Sequence[int]
    y: Tensor
    dy: Tensor
    ours: tuple[Tensor | None, ...]
    true: dict[int, Tensor]
    others: Sequence[Probe]

    def name(self, i: int) -> str:
        names = self.patient.names
        return "d" + (names[i] if i < len(names) else f"input{i}")


def in_place(visit: Visit) -> Finding | None:
    """Was an input, or the upstream gradient, changed? The next one to use it gets the changed one."""
    inputs = copies(visit.probe.inputs)
    tensors = {name: x for name, x in zip(visit.patient.names, inputs, strict=False) if isinstance(x, Tensor)}

    def changed(during: str, things: dict[str, Tensor], before: dict[str, tuple[int, Tensor]]) -> Finding | None:
        for name, x in things.items():
            version, kept = before[name]
            if x._version != version:
                advice = f"work on a copy: {name} = {name}.clone() first, or an operation without the trailing _"
            elif not ((x == kept) | (x != x)).all():  # NumPy's arrays count no versions
                advice = f"work on a copy: {name} = {name}.copy() first, or an operation that makes a new array"
            else:
                continue
            return Finding("in place", f"{name} is changed in the {during}", "", None, advice)
        return None

    before = as_they_are(tensors)
    y, saved = visit.patient.forward(*inputs, **visit.probe.constants)
    found = changed("forward", tensors, before)
    if found:
        return found
    dy = upstream(y.detach(), 0)
    things = tensors | {"dy": dy} | ({} if any(y is x for x in tensors.values()) else {"y": y})
    before = as_they_are(things)
    visit.patient.backward(dy, saved, inputs, visit.probe.constants)
    return changed("backward", things, before)


def as_they_are(tensors: dict[str, Tensor]) -> dict[str, tuple[int, Tensor]]:
    """How often each was changed so far, and its values."""
    return {name: (x._version, x.detach().clone()) for name, x in tensors.items()}


def draws_anew(visit: Visit) -> Finding | None:
    """Does the backward draw random numbers of its own? Then they are not those that the forward used."""
    found = []
    for seed in (1, 1, 2):
        inputs = copies(visit.probe.inputs)
        _, saved = visit.patient.forward(*inputs, **visit.probe.constants)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            found.append(visit.patient.backward(visit.dy.clone(), saved, inputs, visit.probe.constants))
    for i, (a, again, b) in enumerate(zip(*found, strict=False)):
        if same(a, again) and not same(a, b):
            advice = "save the forward's random numbers and use them again"
            return Finding("mask", "drawn anew in the backward", "", i, advice)
    return None


def forward_differs(patient: Patient, reference: Reference, probe: Probe) -> Finding | None:
    """Is the forward what it should be like?"""
    with guarded("forward", probe.name):
        y, _ = patient.forward(*copies(probe.inputs), **probe.constants)
    true = reference.at(probe)(*copies(probe.inputs)).detach()
    where = f"on {probe.name}" if probe.name else ""
    if y.shape != true.shape:
        detail = f"shape {tuple(y.shape)} where {tuple(true.shape)} belongs"
        return Finding("forward differs", detail, where, None, "start with the forward")
    off = error(y.detach().to(true.dtype), true)
    if off <= FORWARD:
        return None
    if not y.isfinite().all() and true.isfinite().all():
        worst, detail = first(~y.isfinite()), "not finite: exp overflows, or log of 0"
    else:
        worst, detail = first((y - true).abs().nan_to_num() == (y - true).abs().nan_to_num().max()), f"off by {off:.1e}"
    return Finding(
        "forward differs", f"{detail}, at y{list(worst)}", where, None, "start with the forward, then the backward"
    )


def first(mask: Tensor) -> tuple[int, ...]:
    return tuple(mask.nonzero()[0].tolist())


def remembers(visit: Visit) -> Finding | None:
    """Does a later call give something else, or does a forward in between disturb the backward?"""
    _, _, dy, first = call(visit.patient, visit.probe)
    second, third = (call(visit.patient, visit.probe, dy)[3] for _ in range(2))
    for i, (a, b, c) in enumerate(zip(first, second, third, strict=True)):
        if not same(a, b):
            grows = a is not None and b is not None and a.shape == b.shape and same(b - a, c - b)
            detail = "adds up over calls" if grows else "differs from call to call"
            return Finding("stale", detail, "from the second call on", i, "return new tensors; keep nothing outside")
    return mixed_up(visit, dy, first)


def mixed_up(visit: Visit, dy: Tensor, first: tuple) -> Finding | None:
    """The backward of one forward after another forward: it must use its own values."""
    for other in visit.others:
        inputs = copies(visit.probe.inputs)
        _, saved = visit.patient.forward(*inputs, **visit.probe.constants)
        visit.patient.forward(*copies(other.inputs), **other.constants)
        try:
            late = visit.patient.backward(dy.clone(), saved, inputs, visit.probe.constants)
        except Exception:  # values of another shape, say
            late = (None,) * len(first)
        for i, (a, b) in enumerate(zip(first, late, strict=True)):
            if not same(a, b):
                advice = "use what was saved for this call or the arguments, nothing that lives outside the function"
                return Finding("stale", "uses what the latest forward left", "after another forward", i, advice)
    return None


def same(a: Any, b: Any) -> bool:
    if a is None or b is None:
        return a is b
    return a.shape == b.shape and torch.allclose(a, b.to(a.dtype), rtol=1e-9, atol=1e-12, equal_nan=True)


def missing(visit: Visit) -> Finding | None:
    """Is there a gradient for each input that needs one?"""
    for i in visit.wanted:
        if i >= len(visit.ours) or visit.ours[i] is None:
            true = visit.true.get(i)
            if true is None or float(true.nan_to_num().abs().max() if true.numel() else 0.0) > 0:
                asked = ", ".join(visit.name(j) for j in visit.wanted)
                advice = f"return {asked}; if fewer are wanted, give those inputs alone requires_grad_()"
                return Finding("missing gradient", f"no {visit.name(i)} is returned", "", i, advice)
    extra = [i for i in range(len(visit.probe.inputs), len(visit.ours)) if visit.ours[i] is not None]
    if extra:
        return Finding("other", f"{len(visit.ours)} gradients for {len(visit.probe.inputs)} inputs", "", None, "")
    return None


def precision(visit: Visit) -> Finding | None:
    """float64 in, float64 out."""
    parts = [("y", None, visit.y)] + [(visit.name(i), i, g) for i, g in enumerate(visit.ours) if g is not None]
    for name, i, value in parts:
        if value.dtype != torch.float64:
            advice = "a constant or a cast of another dtype: use python numbers, or x.dtype"
            detail = f"{name} is {str(value.dtype).removeprefix('torch.')} for float64 inputs"
            return Finding("precision", detail, "", i, advice)
    return None


CONDUCT = [in_place, draws_anew, remembers, missing]  # in this order; precision comes after the numbers
