"""The doctor: examines a forward and its hand-written backward, and says what is wrong.

Shapes: whatever the functions take.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from ..rules.rule import Rule
from . import conduct, wording
from .conduct import Finding, Visit
from .crash import CrashError, guarded
from .diagnosis import Diagnosis, Gradient
from .evidence import Exam, Reference, call, examine
from .hypotheses import suspect
from .patient import Patient, patient
from .probes import Probe, probes
from .reference import reference_of, rule_of, samples, wanted
from .rounding import is_rounding
from .trouble import ON_EDGES, Suspicion, Trouble
from .truth import by_autograd, floating


def check(forward: Any, backward: Any = None, *inputs: Any, like: str | Rule | Callable | None = None) -> Diagnosis:
    """What is wrong with a hand-written backward, if anything; `print` it.

    forward, backward: plain functions (forward(*inputs) -> y, backward(dy, *inputs) -> gradients), a rule's convention
    (forward -> (y, saved), backward(dy, *saved)), a torch.autograd.Function and None, or a plain forward and a Function.
    inputs: what to examine on; without any, like must be a rule, whose samples are taken.
    like: what the forward should be: a rule's name, a Rule, or a function. Else the forward is taken at its word.
    Raises ValueError for what cannot be examined.
    """
    if isinstance(forward, type) and backward is not None and not callable(backward):
        inputs, backward = (backward, *inputs), None
    if isinstance(backward, type):  # a Function beside the plain forward that it should be
        forward, backward, like = backward, None, forward if like is None else like
    who, rule = patient(forward, backward), rule_of(like)
    if not inputs and rule is None:
        raise ValueError("give inputs to examine on, check(forward, backward, x, ...), or like='gelu', say")
    given = [Probe("", inputs)] if inputs else samples(rule, forward)
    try:
        return Examination(who, rule, reference_of(like, rule, who), given).diagnosis()
    except CrashError as crash:
        return wording.crashed(crash)


@dataclass(frozen=True)
class Examination:
    """given: what the reader wants examined; the first of it is also what other inputs are made of."""

    who: Patient
    rule: Rule | None
    reference: Reference
    given: Sequence[Probe]

    def diagnosis(self) -> Diagnosis:
        finding = self.of_forward() or self.of_conduct()
        if finding:
            return wording.of_finding(finding, self.visit)
        troubles = [t for t in map(self.trouble, self.compared) if t]
        rows = [(t, suspect(t)) for t in troubles]
        finding = None if self.single else conduct.precision(self.visit)
        if finding and all(s.cause == "precision" for _, s in rows):
            return wording.of_finding(finding, self.visit)
        if troubles:
            return wording.wrong(rows, [self.gradient(i, dict((t.i, s) for t, s in rows)) for i in self.compared])
        return self.not_wrong()

    @cached_property
    def first(self) -> Probe:
        """The given inputs in float64."""
        return self.probes[0]

    @cached_property
    def probes(self) -> list[Probe]:
        whole = [probes(g.inputs, g.constants, self.works) for g in self.given[:1]][0]
        return [
            *whole[:1],
            *(probes(g.inputs, g.constants, lambda _: False)[0]._replace(name=g.name) for g in self.given[1:]),
            *whole[1:],
        ]

    def works(self, probe: Probe) -> bool:
        """Does the forward take it, does the reference, and are both finite?"""
        try:
            y, _ = self.who.forward(
                *(x.clone() if isinstance(x, Tensor) else x for x in probe.inputs), **probe.constants
            )
            true = self.reference.at(probe)(*(x.clone() if isinstance(x, Tensor) else x for x in probe.inputs))
        except Exception:  # not its kind of input
            return False
        return bool(y.isfinite().all()) and bool(true.isfinite().all()) and y.shape == true.shape

    @cached_property
    def visit(self) -> Visit:
        """One forward and backward on the given inputs."""
        with guarded("forward"):
            self.who.forward(
                *(x.clone() if isinstance(x, Tensor) else x for x in self.first.inputs), **self.first.constants
            )
        with guarded("backward"):
            y, _, dy, ours = call(self.who, self.first)
        true = by_autograd(self.reference.at(self.first), self.first.inputs, dy) or {}
        asked = wanted(self.who, self.rule, self.given[0].inputs, ours)
        return Visit(self.who, self.first, asked, y, dy, ours, true, self.probes[1:])

    @cached_property
    def compared(self) -> list[int]:
        return conduct.compared(self.visit)

    def of_forward(self) -> Finding | None:
        """Where there is something to be like: is the forward like it?"""
        if self.reference.own:
            return None
        for probe in self.probes:
            finding = conduct.forward_differs(self.who, self.reference, probe)
            if finding:
                return finding
        return None

    @property
    def single(self) -> bool:
        """Were float32 numbers given?"""
        return any(floating(x) and x.dtype != torch.float64 for x in self.given[0].inputs)

    def of_conduct(self) -> Finding | None:
        checks = [conduct.in_place, conduct.draws_anew, conduct.remembers, conduct.missing]
        with guarded("backward"):
            visit = self.visit
            found = next((f for c in checks if (f := c(visit))), None)
        return found

    @cached_property
    def exams(self) -> list[Exam]:
        found = []
        for k, probe in enumerate(self.probes):
            asked = k < len(self.given)
            try:
                with guarded("backward", probe.name):
                    exam = examine(self.who, self.reference, probe, seed=k)
            except CrashError:
                if asked:
                    raise
                continue  # a size that the backward was not written for
            shaped = not exam.shapes_differ(self.compared)
            if asked or shaped or found[0].shapes_differ(self.compared):
                found.append(exam)
        for i in self.compared:
            for k, exam in enumerate(found):  # the first two always; all where one was found wanting
                if exam.ours[i].shape == exam.truth[i].shape and (k < 2 or any(i in e.detached for e in found[:2])):
                    exam.doubt(i)
        return found

    def trouble(self, i: int) -> Trouble | None:
        """The exams where gradient i is wrong, and not for rounding, nor at a kink that nobody asked about."""
        wrong = [e for e in self.exams if i < len(e.ours) and e.ours[i] is not None and self.is_wrong(e, i)]
        if not wrong:
            return None
        names = self.who.names
        name = "d" + (names[i] if i < len(names) else f"input{i}")
        return Trouble(i, name, names, wrong, self.exams, self.who.source)

    def is_wrong(self, exam: Exam, i: int) -> bool:
        if exam.ours[i].shape != exam.truth[i].shape:
            return True
        if exam.equal(i) or is_rounding(self.who, exam, i):
            return False
        exam.doubt(i)
        if exam.equal(i):
            return False
        own = exam.probe.name in ("", "the kinks") and any(exam is e for e in self.exams[: len(self.given)])
        return own or not self.excused(exam, i)

    def excused(self, exam: Exam, i: int) -> bool:
        """On inputs of our making: is it wrong at kinks alone, or beyond all bounds?"""
        if exam.probe.name not in ON_EDGES:
            return False
        places = exam.wrong(i).nonzero()
        if not exam.ours[i].isfinite().all():
            return True
        return len(places) <= 64 and all(exam.at_kink(i, tuple(p.tolist())) for p in places)

    def gradient(self, i: int, suspicions: dict[int, Suspicion]) -> Gradient:
        return wording.gradient(i, self.visit.name(i), self.exams, suspicions.get(i))

    def not_wrong(self) -> Diagnosis:
        """Right, up to rounding perhaps; unless autograd cannot follow the forward that it belongs to."""
        unfollowed = self.unfollowed() if self.reference.own and self.who.followed else None
        if unfollowed:
            return wording.of_finding(unfollowed, self.visit)
        return wording.right([self.gradient(i, {}) for i in self.compared], self.exams, self.notes())

    def unfollowed(self) -> Finding | None:
        """What autograd misses of a forward, though nobody changed a number: part of it is detached, or masked."""
        for exam in self.exams[:1] if all(e.detached for e in self.exams[:2]) else []:
            for i, old in exam.detached.items():
                off = (old - exam.truth[i]).abs() > 1e-5 * exam.scale(i)
                if off.any() and not old[off].any() and old.any():  # nothing there, and right everywhere else
                    detail = "autograd lets nothing through in a part, as with a padding_idx, and yours does"
                    return Finding("mask", detail, "", i, "if it is meant to, put 0 there")
                if off.any():
                    return Finding(
                        "detached", f"autograd misses part of {self.visit.name(i)}", "", None, wording.DETACHED
                    )
        return None

    def notes(self) -> list[str]:
        """What does not make it wrong, but is worth knowing."""
        found = []
        for exam in self.exams:
            for i in self.compared:
                if (
                    exam.ours[i] is not None
                    and not exam.equal(i)
                    and exam.probe.name in ON_EDGES
                    and self.excused(exam, i)
                ):
                    found.append(wording.note(exam, i, self.visit.name(i)))
        return list(dict.fromkeys(found))[:2]
