"""The table of diagnoses, the simplest first: a new diagnosis is one row.

Shapes: whatever the examined gradients have.
A row looks at one wrong gradient over all its exams (a `Trouble`) and answers with a `Suspicion` if it is proven there,
which means that it predicts the reader's numbers on every input, and else with None.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from . import factors, forward, graph, kinds, local, parts, textbook, uses, whole
from .regions import region
from .trouble import Suspicion, Trouble


class Hypothesis(NamedTuple):
    """shaped: does it need a gradient of the right shape?"""

    explain: Callable[[Trouble], Suspicion | None]
    shaped: bool = True


HYPOTHESES = [
    Hypothesis(kinds.second_opinion),
    Hypothesis(uses.not_summed, shaped=False),
    Hypothesis(whole.transposed, shaped=False),
    Hypothesis(uses.wrong_axis, shaped=False),
    Hypothesis(kinds.not_finite),
    Hypothesis(whole.zero),
    Hypothesis(factors.factor),
    Hypothesis(kinds.float32),
    Hypothesis(whole.without_dy),
    Hypothesis(whole.without_slope),
    Hypothesis(whole.stale),
    Hypothesis(whole.diagonal_only),
    Hypothesis(local.along_the_wrong_axis),
    Hypothesis(parts.mask),
    Hypothesis(parts.zero_in_a_part),
    Hypothesis(parts.other_branch),
    Hypothesis(parts.factor_in_a_part),
    Hypothesis(parts.shifted_in_a_part),
    Hypothesis(factors.counts),
    Hypothesis(local.mirrored),
    Hypothesis(local.missing_factor),
    Hypothesis(uses.overwritten),
    Hypothesis(textbook.one_change),
    Hypothesis(graph.one_change),
    Hypothesis(forward.one_change),
    Hypothesis(kinds.of_another_rule),
]
LAST = [Hypothesis(kinds.rounded_constant), Hypothesis(kinds.lets_through)]  # what one can say of any gradient


def suspect(trouble: Trouble) -> Suspicion:
    """The first row that explains the trouble, on the given inputs at least; "other" where none does."""
    given = [e for e in trouble.exams if e is trouble.before[0]]
    found = explained(trouble, HYPOTHESES)
    if not found and given:
        found = explained(replace(trouble, exams=given), HYPOTHESES)
    found = found or explained(trouble, LAST)
    if found:
        return found if found.where else found._replace(where=region(trouble))
    if not trouble.comparable:
        return Suspicion("wrong shape", uses.shapes(trouble), "", "a gradient has the shape of its input")
    return Suspicion("other", "", region(trouble), "none of the usual mistakes; derive it again, one factor at a time")


def explained(trouble: Trouble, table: Sequence[Hypothesis]) -> Suspicion | None:
    """The first row that explains all exams."""
    for hypothesis in table:
        if hypothesis.shaped and not trouble.comparable:
            continue
        try:
            found = hypothesis.explain(trouble)
        except Exception as problem:  # that it is wrong stands all the same
            warnings.warn(f"the doctor could not examine one suspicion: {problem!r}", stacklevel=2)
            continue
        if found:
            return found
    return None
