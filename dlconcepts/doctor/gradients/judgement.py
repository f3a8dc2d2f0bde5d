"""Is a gradient wrong in an exam, or is it rounding, a kink that nobody asked about, or autograd that errs?

Shapes: as the gradients.
"""

from collections.abc import Sequence

from .conduct import Finding
from .evidence import Exam
from .patient import Patient
from .rounding import is_rounding
from .trouble import ON_EDGES

KINKS = 64  # entries that are looked at one by one
DETACHED = "no .detach(), .data, NumPy or no_grad between inputs and y: autograd takes what is behind it for constant"


def is_wrong(who: Patient, exam: Exam, i: int, asked: bool) -> bool:
    """asked: are these inputs the reader's, and not of our making?"""
    if exam.ours[i].shape != exam.truth[i].shape:
        return True
    if exam.equal(i) or is_rounding(who, exam, i):
        return False
    exam.doubt(i)
    return not exam.equal(i) and (asked or not excused(exam, i))


def excused(exam: Exam, i: int) -> bool:
    """On inputs that we provoked: is it wrong at kinks alone, or beyond all bounds?"""
    if exam.probe.name not in ON_EDGES:
        return False
    places = exam.wrong(i).nonzero()
    if not exam.ours[i].isfinite().all():
        return True
    return len(places) <= KINKS and all(exam.at_kink(i, tuple(p.tolist())) for p in places)


def unfollowed(exams: Sequence[Exam], names: Sequence[str]) -> Finding | None:
    """What autograd misses of a forward although the backward is right: a part is detached, or masked on purpose.

    At a kink autograd may err as well; so it must be found wanting on the given inputs and on others.
    """
    if not all(e.detached for e in exams[:2]):
        return None
    exam = exams[0]
    for i, old in exam.detached.items():
        off = (old - exam.truth[i]).abs() > 1e-5 * exam.scale(i)
        if off.any() and not old[off].any() and old.any():  # nothing there, and right everywhere else
            detail = "autograd lets nothing through in a part, as with a padding_idx, and yours does"
            return Finding("mask", detail, "", i, "if that is meant, put 0 there")
        if off.any():
            return Finding("detached", f"autograd misses part of {names[i]}", "", None, DETACHED)
    return None


def at_edges(exams: Sequence[Exam], positions: Sequence[int]) -> list[tuple[Exam, int]]:
    """What does not make a gradient wrong, but is worth a note: provoked kinks and overflows where it differs."""
    cases = [(e, i) for e in exams for i in positions if e.probe.name in ON_EDGES]
    return [(e, i) for e, i in cases if not e.equal(i) and excused(e, i)]
