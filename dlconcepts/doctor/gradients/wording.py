"""What the doctor says: two or three lines, the cause in the first, the worst numbers in the second, advice last.

Shapes: an index is counted from the left, as tensors print.
"""

import math
from collections.abc import Sequence
from pathlib import Path

from torch import Tensor

from .conduct import Finding, Visit
from .crash import CrashError
from .diagnosis import Diagnosis, Gradient
from .evidence import Exam
from .trouble import ON_EDGES, Suspicion, Trouble

SAYS = {
    "transposed": "its axes are exchanged",
    "not summed after broadcasting": "the contributions are not added up",
    "wrong axis": "a sum or mean goes along another axis than the right one",
    "sign": "the opposite sign",
    "factor": "a constant factor",
    "zero": "it is zero",
    "mask": "the mask is not the right one",
    "missing term": "a term is missing",
    "missing factor": "a factor is missing",
    "diagonal only": "only the diagonal of the Jacobian is used",
    "stale": "it belongs to another call",
    "in place": "what was given is changed",
    "precision": "fewer digits than the inputs have",
    "detached": "autograd does not follow the whole forward",
    "forward differs": "the forward is not what it should be",
    "wrong shape": "not the shape of its input",
    "missing gradient": "a gradient is missing",
    "non-finite": "NaN or inf",
    "other": "not the true gradient",
}


def number(value: Tensor | float) -> float | None:
    """A plain number; None where it is not finite, which JSON cannot say."""
    value = float(value)
    return value if math.isfinite(value) else None


def gradient(i: int, name: str, exams: Sequence[Exam], suspicion: Suspicion | None) -> Gradient:
    """The row of gradient i: its worst error over all exams, and where that was."""
    found = [e for e in exams if i in e.ours]
    cause = suspicion.cause if suspicion else "right"
    words = (suspicion.detail, suspicion.where) if suspicion else ("", "")
    shaped = [e for e in found if e.ours[i].shape == e.truth[i].shape]
    if not shaped or not any(e.truth[i].numel() for e in shaped):
        return Gradient(name, cause, 0.0 if shaped else None, *words)
    if cause == "right" or any(e.probe.name not in ON_EDGES and e.wrong(i).any() for e in shaped):
        shaped = [e for e in shaped if e.probe.name not in ON_EDGES]
    if cause != "right":  # the given inputs, if it is wrong there
        shaped = [e for e in shaped if not e.probe.name and e.wrong(i).any()] or shaped
    worst = max(shaped, key=lambda e: e.error(i))
    off = (worst.ours[i] - worst.truth[i]).abs().nan_to_num(nan=math.inf, posinf=math.inf)
    off = off.where(worst.truth[i].isfinite(), -1.0)
    index = tuple(int(k) for k in (off == off.max()).nonzero()[0])
    values = number(worst.ours[i][index]), number(worst.truth[i][index])
    return Gradient(
        name, cause, number(worst.error(i)), *words, index, *values, worst.probe.name, worst.witnesses(i, index)
    )


def sentence(name: str, cause: str, detail: str, where: str) -> str:
    """dx: factor 2 (a constant factor), at negative inputs."""
    says = f"{cause}: {detail}" if detail else f"{cause}: {SAYS[cause]}"
    return f"{name}: {says}" + (f" ({where})" if where else "")


def worst(row: Gradient) -> str:
    """The entry that is furthest off."""
    if not row.index and row.ours is None and row.true is None:
        return ""
    at = f"{row.name}[{', '.join(map(str, row.index))}]" if row.index else row.name
    ours = "not finite" if row.ours is None else f"{row.ours:.6g}"
    true = "unknown" if row.true is None else f"{row.true:.6g}"
    on = f" on {row.probe}" if row.probe else ""
    return f"  {at} is {ours} where {true} is true{on}, {row.witnesses}"


def wrong(rows: Sequence[tuple[Trouble, Suspicion]], gradients: Sequence[Gradient]) -> Diagnosis:
    """Of several wrong gradients the first that has a name is the diagnosis; all are listed."""
    trouble, chief = next((r for r in rows if r[1].cause != "other"), rows[0])
    by_name = {g.name: g for g in gradients}
    lines = [f"Wrong. {sentence(trouble.name, *chief[:3])}", worst(by_name[trouble.name])]
    for other, suspicion in rows:
        if other is not trouble:
            lines.append(f"  {sentence(other.name, *suspicion[:3])}")
    fine = [g.name for g in gradients if g.cause == "right"]
    if fine:
        lines.append(f"  right: {', '.join(fine)}")
    if chief.advice:
        lines.append(f"  Look: {chief.advice}")
    return Diagnosis(chief.cause, chief.detail, chief.where, tuple(gradients), "\n".join(filter(None, lines)))


def of_finding(finding: Finding, visit: Visit) -> Diagnosis:
    """What was found before any numbers were compared."""
    name = "" if finding.gradient is None else visit.name(finding.gradient)
    where = f" ({finding.where})" if finding.where else ""
    says = f"{finding.cause}: {finding.detail or SAYS[finding.cause]}"
    lines = [f"Wrong. {name + ': ' if name else ''}{says}{where}"]
    if finding.advice:
        lines.append(f"  Look: {finding.advice}")
    rows = (Gradient(name, finding.cause, None, finding.detail, finding.where),) if name else ()
    return Diagnosis(finding.cause, finding.detail, finding.where, rows, "\n".join(lines))


def shaped(exam: Exam, i: int) -> bool:
    return i in exam.ours and i in exam.truth


def plain(exam: Exam) -> bool:
    return exam.probe.name not in ON_EDGES


def right(gradients: Sequence[Gradient], exams: Sequence[Exam], notes: Sequence[str]) -> Diagnosis:
    """All gradients are right; those that are further off than usual are so for rounding."""
    names = ", ".join(g.name for g in gradients) or "nothing"
    error = max((g.error or 0.0 for g in gradients), default=0.0)
    rounded = not all(e.equal(i) for e in exams for i in e.ours if shaped(e, i) and plain(e))
    head = "Right up to rounding" if rounded else "Right"
    compared = [(e, i) for e in exams for i in range(len(e.ours)) if shaped(e, i)]
    alone = bool(compared) and all(i in e.by_values for e, i in compared)
    witness = "finite differences" if alone else "torch.autograd, some by finite differences"
    against = f"{len(exams)} inputs against {witness}"
    lines = [f"{head}. {names}: {against}; largest error {error:.1e}"]
    if rounded:
        lines.append("  it shrinks with the precision, or moves with the inputs' last digit, as rounding does")
    lines += list(dict.fromkeys(notes))[:2]
    return Diagnosis("rounding" if rounded else "right", "", "", tuple(gradients), "\n".join(lines))


def note(exam: Exam, i: int, name: str) -> str:
    """A remark about inputs that nobody asked about."""
    places = exam.wrong(i).nonzero()
    if not len(places):
        return f"  Note: {name} is not finite for {exam.probe.name}"
    index = tuple(places[0].tolist())
    x = exam.probe.inputs[i][index]
    ours, true = exam.ours[i][index], exam.truth[i][index]
    if not ours.isfinite():
        return f"  Note: {name} is {float(ours)} at {float(x):.6g}; the gradient there is {float(true):.6g}"
    values = f"{name} is {float(ours):.6g}, and torch takes {float(true):.6g}"
    return f"  Note: at a kink ({float(x):.6g}) {values}; your inputs have none"


def crashed(crash: CrashError) -> Diagnosis:
    """The reader's function raised."""
    problem = crash.problem
    where = f"{Path(crash.file).name}, line {crash.line}" if crash.line else f"the {crash.during}"
    kind = type(problem).__name__
    message = (str(problem).splitlines() or [""])[0][:200]
    on = f" on {crash.probe}" if crash.probe else ""
    if isinstance(problem, NotImplementedError):
        text = f"Nothing there yet: the {crash.during} is still to be written ({where})"
        return Diagnosis("missing gradient", "nothing there yet", where, (), text)
    cause = (
        "wrong shape" if isinstance(problem, RuntimeError) and ("size" in message or "shape" in message) else "other"
    )
    lines = [
        f"Wrong. {cause}: the {crash.during} raises {kind}{on}: {message}",
        f"  {where}: {crash.code}" if crash.code else f"  {where}",
    ]
    return Diagnosis(cause, f"{kind}: {message}", where, (), "\n".join(lines))
