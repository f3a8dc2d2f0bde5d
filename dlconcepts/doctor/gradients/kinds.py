"""Suspicions about what kind of wrong numbers these are: rounded ones, or right ones of another function.

Shapes: as the gradient.
"""

import inspect
from functools import partial

import torch
from torch import Tensor

from ...rules import rules
from ...rules.rule import Rule
from .evidence import Exam
from .factors import TYPED
from .regions import region
from .textbook import matching
from .trouble import Suspicion, Trouble
from .truth import by_autograd

OTHER_AXIS = ({"layer norm", "batch norm"},)  # the same formula along another axis
FLOAT32 = 1e-6  # of the largest entry: what a float32 constant or cast leaves wrong


def not_finite(trouble: Trouble) -> Suspicion | None:
    if all(e.ours[trouble.i][e.truth[trouble.i].isfinite()].isfinite().all() for e in trouble.exams):
        return None
    advice = "inf - inf, inf / inf, 0 * inf or log 0: choose a form whose parts stay finite"
    return Suspicion("non-finite", "NaN or inf where the gradient is a number", region(trouble), advice)


def relative(exam: Exam, i: int) -> float:
    ours, truth = exam.ours[i], exam.truth[i]
    known = truth.isfinite()
    return float((ours - truth)[known].abs().max()) / exam.scale(i)


def float32(trouble: Trouble) -> Suspicion | None:
    """Right to seven digits: a constant or a cast in float32."""
    if max(relative(e, trouble.i) for e in trouble.clear) <= FLOAT32:
        advice = "a torch.tensor([...]) without dtype, a .float(): use python numbers or x.dtype"
        return Suspicion("precision", "right to about seven digits: float32 somewhere", "", advice)
    return None


def rounded_constant(trouble: Trouble) -> Suspicion | None:
    """Right to about four digits: a constant typed with as many."""
    if max(relative(e, trouble.i) for e in trouble.clear) <= TYPED:
        advice = "compute constants, math.sqrt(2 / math.pi) say, rather than typing their first digits"
        return Suspicion("precision", "right to about four digits: a rounded constant", "", advice)
    return None


def of_another_rule(trouble: Trouble) -> Suspicion | None:
    """The true gradient of another function of the table."""
    for name, rule in rules.items():
        if trouble.meets(partial(gradient_of, rule, trouble.i)):
            if any({name, own} == pair for own, _ in matching(trouble) for pair in OTHER_AXIS):
                return Suspicion("wrong axis", f"the gradient of {name}", "", "which axis do the means go along?")
            return Suspicion(
                "other", f"the gradient of {name}", "", f"backward and forward must be of one function: {name} or not?"
            )
    return None


def gradient_of(rule: Rule, i: int, exam: Exam) -> Tensor | None:
    inputs = exam.probe.inputs
    try:
        inspect.signature(rule.forward).bind(*inputs)
        found = by_autograd(lambda *x: rule.forward(*x)[0], inputs, exam.dy)
    except (TypeError, ValueError, RuntimeError, IndexError, AttributeError):
        return None
    return None if found is None or i not in found else found[i]


def lets_through(trouble: Trouble) -> Suspicion | None:
    """Something where the truth is exactly 0, and not for rounding."""
    i = trouble.i
    if all((e.ours[i][e.truth[i] == 0].abs() > 1e-3 * e.scale(i)).any() for e in trouble.clear):
        advice = "the forward is flat there, or another entry was chosen: 0 belongs there"
        return Suspicion("mask", "lets through what must be 0", region(trouble), advice)
    return None


def second_opinion(trouble: Trouble) -> Suspicion | None:
    """Ours is what autograd says of a forward that is partly detached."""
    i = trouble.i
    if not any(i in e.detached for e in trouble.clear):
        return None
    if all(torch.allclose(e.ours[i], e.detached[i], rtol=1e-7, atol=1e-9) for e in trouble.clear if i in e.detached):
        return Suspicion(
            "detached", "yours misses what the forward's own graph misses", "", "no .detach(), .data, numpy or no_grad"
        )
    return None
