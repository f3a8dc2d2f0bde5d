"""A constant times the right gradient: which constant, and under what name?

Shapes: B the first and K the last dimension of the first input.
"""

from collections.abc import Iterator
from itertools import combinations_with_replacement

from torch import Tensor

from .evidence import Exam
from .trouble import NEAR, Suspicion, Trouble, constant, quotient

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


def named(exams: list[Exam], ratios: list[float], names: tuple[str, ...]) -> str:
    """The ratios, one an exam, as one expression; as a number where they are equal; "" where nothing fits."""
    tables = [dict(symbols(exam, names)) for exam in exams]
    common = [name for name in tables[0] if all(name in table for table in tables)]

    def fits(value) -> bool:
        return all(
            table_value is not None and abs(ratio - table_value) <= 10 * NEAR * abs(ratio)
            for ratio, table_value in ((r, value(t)) for r, t in zip(ratios, tables, strict=True))
        )

    for name in common:
        if fits(lambda t, name=name: t[name]):
            return name
        if fits(lambda t, name=name: 1 / t[name] if t[name] else None):
            return f"1/{name}"
    for name in common:
        if fits(lambda t, name=name: abs(t[name]) ** 0.5):
            return f"sqrt({name})"
        if fits(lambda t, name=name: abs(t[name]) ** -0.5 if t[name] else None):
            return f"1/sqrt({name})"
    for a, b in combinations_with_replacement(common, 2):
        if fits(lambda t, a=a, b=b: t[a] * t[b]):
            return f"{a} {b}"
        if fits(lambda t, a=a, b=b: 1 / (t[a] * t[b]) if t[a] * t[b] else None):
            return f"1/({a} {b})"
        for up, down in ((a, b), (b, a)) if a != b else ():
            if fits(lambda t, up=up, down=down: t[up] / t[down] if t[down] else None):
                return f"{up}/{down}"
    return f"{ratios[0]:.6g}" if max(ratios) - min(ratios) <= 10 * NEAR * abs(ratios[0]) else ""


def factor(trouble: Trouble) -> Suspicion | None:
    """Ours is c times the truth; c may depend on the batch, the classes, a plain number."""
    found = []
    for exam in trouble.clear:
        ours, truth = exam.ours[trouble.i], exam.truth[trouble.i]
        c = constant(quotient(ours, truth), 1e-5 if trouble.i in exam.by_values else 10 * NEAR)
        if not c or abs(c - 1) <= TYPED or not trouble.met(exam, lambda e, c=c: c * e.truth[trouble.i]):
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
