"""Where is a gradient wrong? Words for a set of entries.

Shapes: a mask as the gradient.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from .evidence import Exam
from .trouble import ON_EDGES, Trouble

Places = Callable[[Exam, int], Tensor | None]


def of_sign(which: str) -> Places:
    compare = {"negative": torch.lt, "positive": torch.gt, "zero": torch.eq}[which]
    return lambda e, i: compare(e.probe.inputs[i], 0)


def of_dy(which: str) -> Places:
    compare = torch.lt if which == "negative" else torch.gt
    return lambda e, i: compare(e.dy, 0) if e.dy.shape == e.truth[i].shape else None


def beyond(limit: float) -> Places:
    return lambda e, i: e.probe.inputs[i].abs() > limit


def within(limit: float) -> Places:
    return lambda e, i: e.probe.inputs[i].abs() < limit


def large(sign: int) -> Places:
    return lambda e, i: sign * e.probe.inputs[i] > 30


def classes(exam: Exam) -> Tensor | None:
    """The class numbers among the inputs, if there are some."""
    return next((x for x in exam.probe.inputs if isinstance(x, Tensor) and x.dtype == torch.int64 and x.ndim), None)


def targets_column(own: bool) -> Places:
    def places(e: Exam, i: int) -> Tensor | None:
        y, z = classes(e), e.truth[i]
        if y is None or z.ndim != y.ndim + 1 or z.shape[:-1] != y.shape:
            return None
        column = torch.zeros(z.shape, dtype=torch.bool).scatter(-1, y.unsqueeze(-1).clamp(0, z.shape[-1] - 1), True)
        return column if own else ~column

    return places


def ties(e: Exam, i: int) -> Tensor | None:
    """Entries that another entry of the input equals."""
    x = e.probe.inputs[i].reshape(-1)
    _, inverse, counts = x.unique(return_inverse=True, return_counts=True)
    return (counts[inverse] > 1).view(e.truth[i].shape)


def axis_end(dim: int, last: bool, what: str) -> Places:
    def places(e: Exam, i: int) -> Tensor | None:
        z = e.truth[i]
        if z.ndim < abs(dim) or z.shape[dim] < 2:
            return None
        at = torch.zeros(z.shape, dtype=torch.bool)
        at.select(dim, z.shape[dim] - 1 if last else 0).fill_(True)
        return at

    return places


def diagonal(e: Exam, i: int) -> Tensor | None:
    z = e.truth[i]
    return torch.eye(z.shape[0], z.shape[1], dtype=torch.bool) if z.ndim == 2 and min(z.shape) > 1 else None


# a place is named if the wrong entries are all in it and fill most of it; narrow ones first
PLACES: dict[str, Places] = {
    "at 0": of_sign("zero"),
    "large positive inputs": large(1),
    "large negative inputs": large(-1),
    "negative inputs": of_sign("negative"),
    "positive inputs": of_sign("positive"),
    "where dy is negative": of_dy("negative"),
    "where dy is positive": of_dy("positive"),
    "the target's column": targets_column(True),
    "all columns but the target's": targets_column(False),
    "the first row": axis_end(-2, False, "row"),
    "the last row": axis_end(-2, True, "row"),
    "the first column": axis_end(-1, False, "column"),
    "the last column": axis_end(-1, True, "column"),
    "the diagonal": diagonal,
    "inputs beyond +-1": beyond(1),
    "inputs between -1 and 1": within(1),
    "inputs beyond +-3": beyond(3),
    "ties": ties,
}
MOST = 0.9


def region(trouble: Trouble) -> str:
    """The words for where the gradient is wrong, "" where it is everywhere or nowhere in particular."""
    if not trouble.comparable:
        return ""
    clear, all_wrong = [id(e) for e in trouble.clear], [id(e) for e in trouble.exams]
    exams = [e for e in trouble.before if id(e) in clear or (id(e) not in all_wrong and e.probe.name not in ON_EDGES)]
    wrong = [e.wrong(trouble.i) for e in exams]
    if all(w.all() for w in wrong):
        return only_probe(trouble)
    for words, places in PLACES.items():
        if covers(exams, trouble.i, wrong, places):
            return words
    return only_probe(trouble)


def covers(exams: Sequence[Exam], i: int, wrong: Sequence[Tensor], places: Places) -> bool:
    """Are all wrong entries of all exams inside, is most of the inside wrong, and is there an outside?"""
    found = [places(e, i) for e in exams]
    inside = [p for p, w in zip(found, wrong, strict=True) if p is not None and p.shape == w.shape]
    if len(inside) < len(found):
        return False
    pairs = list(zip(inside, wrong, strict=True))
    full = sum(int(w.sum()) for w in wrong) >= MOST * sum(int(p.sum()) for p in inside)
    return full and not any((w & ~p).any() for p, w in pairs) and any((~p).any() for p in inside)


def only_probe(trouble: Trouble) -> str:
    """A probe's name, if the gradient is right on all that are not of its kind."""
    kinds = {e.probe.name for e in trouble.exams}
    if "" in kinds:
        one = [e for e in trouble.before if e.probe.name == "a batch of one"]
        return "batches above 1" if one and "a batch of one" not in kinds and len(kinds) > 1 else ""
    return f"only {' and '.join(sorted(kinds))}" if len(kinds) <= 2 else "only on other inputs than the given ones"
