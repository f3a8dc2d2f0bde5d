"""A constant times the right gradient: which constant, and under what name?

Shapes: B the first and K the last dimension of the first input.
"""

from collections.abc import Iterator
from itertools import combinations_with_replacement

from torch import Tensor

from .evidence import Exam
from .trouble import NEAR, Suspicion, Trouble, close, constant, quotient

TYPED = 3e-4  # nearer to 1 it is no factor but a constant typed with few digits
PLAIN = {"2": 2.0, "3": 3.0, "4": 4.0}


def symbols(exam: Exam, names: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    """What a learner may have left out or put in twice, the simplest first."""
    yield from PLAIN.items()
    x = exam.probe.inputs[0] if exam.probe.inputs else None
    if isinstance(x, Tensor) and x.ndim:
        yield "B", float(x.shape[0])
        if x.ndim > 1:
            yield "K", float(x.shape[-1])
        yield from (
            (f"the {x.shape[d]} of {names[0] if names else 'x'}'s axis {d}", float(x.shape[d]))
            for d in range(1, x.ndim - 1)
        )
        yield "the number of entries", float(x.numel())
    for name, value in [*zip(names, exam.probe.inputs, strict=False), *exam.probe.constants.items()]:
        if isinstance(value, int | float) and not isinstance(value, bool) and value not in (0, 1):
            yield name, float(value)
            yield f"(1 - {name})", 1 - float(value)
    sizes = dict(zip(names, exam.probe.inputs, strict=False))
    for name, value in sizes.items():
        if isinstance(value, Tensor) and value is not x:
            yield from ((f"{name}.shape[{d}]", float(value.shape[d])) for d in range(value.ndim))


def expressions(table: dict[str, float], names: list[str]) -> Iterator[tuple[str, float | None]]:
    """What one makes of the named numbers, the simplest first; None where that would divide by 0."""
    for name in names:
        yield name, table[name]
        yield f"1/{name}", inverse(table[name])
    for name in names:
        yield f"sqrt({name})", abs(table[name]) ** 0.5
        yield f"1/sqrt({name})", abs(table[name]) ** -0.5 if table[name] else None
    for a, b in combinations_with_replacement(names, 2):
        yield f"{a} {b}", table[a] * table[b]
        yield f"1/({a} {b})", inverse(table[a] * table[b])
        for up, down in ((a, b), (b, a)) if a != b else ():
            yield f"{up}/{down}", table[up] / table[down] if table[down] else None


def inverse(x: float) -> float | None:
    return 1 / x if x else None


def named(exams: list[Exam], ratios: list[float], names: tuple[str, ...]) -> str:
    """The ratios, one an exam, as one expression; as a number where they are equal; "" where nothing fits."""
    tables = [dict(symbols(exam, names)) for exam in exams]
    common = [name for name in tables[0] if all(name in table for table in tables)]
    for row in zip(*(expressions(table, common) for table in tables), strict=True):
        pairs = zip(ratios, (value for _, value in row), strict=True)
        if all(value is not None and abs(ratio - value) <= 10 * NEAR * abs(ratio) for ratio, value in pairs):
            return row[0][0]
    return f"{ratios[0]:.6g}" if max(ratios) - min(ratios) <= 10 * NEAR * abs(ratios[0]) else ""


def factor(trouble: Trouble) -> Suspicion | None:
    """Ours is c times the truth; c may depend on the batch, the classes, a plain number."""
    found = []
    for exam in trouble.clear:
        ours, truth = exam.ours[trouble.i], exam.truth[trouble.i]
        c = constant(quotient(ours, truth), 1e-5 if trouble.i in exam.by_values else 10 * NEAR)
        if not c or abs(c - 1) <= TYPED or not close(exam, trouble.i, c * truth):
            return None
        found.append(c)
    return judged(trouble, list(trouble.clear), found)


def judged(trouble: Trouble, exams: list[Exam], ratios: list[float], where: str = "") -> Suspicion | None:
    """A ratio of -1 is a sign; others get a name, with a minus in front where they are negative."""
    if all(abs(c + 1) <= 10 * NEAR for c in ratios):
        return Suspicion("sign", "", where, "a minus too many or too few")
    if any((c < 0) != (ratios[0] < 0) for c in ratios):
        return None
    name = named(exams, [abs(c) for c in ratios], trouble.names)
    if not name:
        return None
    name = f"-{name}" if ratios[0] < 0 else name
    return Suspicion("factor", name, where, f"yours is {name} times the true gradient")


def counts(trouble: Trouble) -> Suspicion | None:
    """Ours is 1, 2, 3 ... times the truth, or that part of it, as if something had been averaged or counted."""
    for power, words in ((1, "a count: 2, 3 ... times"), (-1, "1 / a count: 1/2, 1/3 ... of")):
        pairs = [(e.ours[trouble.i], e.truth[trouble.i]) for e in trouble.clear]
        if all(whole_numbers(quotient(a, b) ** power) and not a[b == 0].any() for a, b in pairs):
            return Suspicion(
                "factor", f"{words} the true one", "", "are uses counted, or averaged, that should add up?"
            )
    return None


def whole_numbers(ratios: Tensor) -> bool:
    """Whole numbers from 1 on, not all the same."""
    known = ratios[~ratios.isnan()]
    near = known.round()
    return bool(known.numel() and near.min() >= 1 and near.max() <= 64 and ((known - near).abs() < 1e-6).all())
