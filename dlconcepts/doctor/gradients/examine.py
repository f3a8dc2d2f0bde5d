"""The doctor: examines a forward and its hand-written backward, and says what is wrong.

Shapes: whatever the functions take.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch

from ...rules.rule import Rule
from . import conduct, wording
from .arrays import as_tensors
from .conduct import Finding, Visit
from .crash import CrashError, guarded
from .diagnosis import Diagnosis, Gradient
from .evidence import Exam, Reference, call, examine
from .hypotheses import suspect
from .judgement import at_edges, is_wrong, unfollowed
from .patient import Patient, patient
from .probes import Probe, copies, in_float64, probes
from .reference import reference_of, rule_of, samples, wanted
from .trouble import Suspicion, Trouble
from .truth import by_autograd, floating


def check(forward: Any, backward: Any = None, *inputs: Any, like: str | Rule | Callable | None = None) -> Diagnosis:
    """What is wrong with a hand-written backward, if anything; `print` it.

    forward, backward: plain functions (forward(*inputs) -> y, backward(dy, *inputs) -> gradients), a rule's convention
    (forward -> (y, saved), backward(dy, *saved)), or a torch.autograd.Function: as backward, or as forward alone.
    inputs: what to examine on; without any, like must be a rule, whose samples are taken.
    like: what the forward should be: a rule's name, a Rule, or a function. Else the forward is taken at its word.
    Raises ValueError for what cannot be examined.
    """
    if isinstance(forward, type) and backward is not None and not callable(backward):
        inputs, backward = (backward, *inputs), None
    if isinstance(backward, type):  # a Function beside the plain forward that it should be
        forward, backward, like = backward, None, forward if like is None else like
    who, rule = patient(forward, backward, inputs), rule_of(like)
    inputs = tuple(map(as_tensors, inputs))
    if inputs:
        given = [Probe("", inputs)]
    elif rule is not None:
        given = samples(rule, forward)
    else:
        raise ValueError("give inputs to examine on, check(forward, backward, x, ...), or like='gelu', say")
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
        """The forward first, then how the backward behaves, then its numbers."""
        finding = self.of_forward() or self.of_conduct()
        if finding:
            return wording.of_finding(finding, self.visit)
        rows = [(t, suspect(t)) for t in map(self.trouble, self.compared) if t]
        finding = None if self.single else conduct.precision(self.visit)
        if finding and all(s.cause == "precision" for _, s in rows):
            return wording.of_finding(finding, self.visit)
        if rows:
            return wording.wrong(rows, self.gradients({t.i: s for t, s in rows}))
        finding = unfollowed(self.exams, self.names) if self.reference.own and self.who.followed else None
        if finding:
            return wording.of_finding(finding, self.visit)
        notes = [wording.note(e, i, self.names[i]) for e, i in at_edges(self.exams, self.compared)]
        return wording.right(self.gradients({}), self.exams, notes)

    @cached_property
    def probes(self) -> list[Probe]:
        """The given inputs in float64, then others made of the first of them."""
        first, *made = probes(self.given[0].inputs, self.given[0].constants, self.works)
        return [first, *(g._replace(inputs=in_float64(g.inputs)) for g in self.given[1:]), *made]

    def works(self, probe: Probe) -> bool:
        """Do the forward and the reference take it, and are both finite and of one shape?"""
        try:
            y, _ = self.who.forward(*copies(probe.inputs), **probe.constants)
            true = self.reference.at(probe)(*copies(probe.inputs))
        except Exception:  # not its kind of input
            return False
        return bool(y.isfinite().all()) and bool(true.isfinite().all()) and y.shape == true.shape

    @cached_property
    def visit(self) -> Visit:
        """One forward and backward on the given inputs."""
        first = self.probes[0]
        with guarded("forward"):
            self.who.forward(*copies(first.inputs), **first.constants)
        with guarded("backward"):
            y, _, dy, ours = call(self.who, first)
        true = by_autograd(self.reference.at(first), first.inputs, dy) or {}
        asked = wanted(self.who, self.rule, self.given[0].inputs, ours)
        return Visit(self.who, first, asked, y, dy, ours, true, self.probes[1:])

    @cached_property
    def compared(self) -> list[int]:
        """The positions of the gradients that were returned for floating inputs."""
        inputs = self.visit.probe.inputs
        return [i for i, g in enumerate(self.visit.ours[: len(inputs)]) if g is not None and floating(inputs[i])]

    @cached_property
    def names(self) -> list[str]:
        return [self.visit.name(i) for i in range(len(self.visit.probe.inputs))]

    @property
    def single(self) -> bool:
        """Were float32 numbers given?"""
        return any(floating(x) and x.dtype != torch.float64 for x in self.given[0].inputs)

    def of_forward(self) -> Finding | None:
        """Where there is something to be like: is the forward like it?"""
        if self.reference.own:
            return None
        found = (conduct.forward_differs(self.who, self.reference, probe) for probe in self.probes)
        return next(filter(None, found), None)

    def of_conduct(self) -> Finding | None:
        with guarded("backward"):
            return next(filter(None, (check(self.visit) for check in conduct.CONDUCT)), None)

    @cached_property
    def exams(self) -> list[Exam]:
        """An exam per probe, but for sizes that the backward was not written for."""
        found: list[Exam] = []
        for k, probe in enumerate(self.probes):
            try:
                with guarded("backward", probe.name):
                    exam = examine(self.who, self.reference, probe, seed=k)
            except CrashError:
                if k < len(self.given):
                    raise
                continue
            if k < len(self.given) or not exam.shapes_differ(self.compared) or found[0].shapes_differ(self.compared):
                found.append(exam)
        self.doubted(found)
        return found

    def doubted(self, exams: Sequence[Exam]) -> None:
        """Differences are asked on the first two, and on all where they refuted autograd there."""
        for i in self.compared:
            for k, exam in enumerate(exams):
                if exam.ours[i].shape == exam.truth[i].shape and (k < 2 or any(i in e.by_values for e in exams[:2])):
                    exam.doubt(i)

    def trouble(self, i: int) -> Trouble | None:
        """The exams where gradient i is wrong."""
        wrong = [e for k, e in enumerate(self.exams) if is_wrong(self.who, e, i, asked=k < len(self.given))]
        return Trouble(i, self.names[i], self.who.names, wrong, self.exams, self.who.source) if wrong else None

    def gradients(self, suspicions: dict[int, Suspicion]) -> list[Gradient]:
        return [wording.gradient(i, self.names[i], self.exams, suspicions.get(i)) for i in self.compared]
