"""Values and slopes over the whole range of a type against 50 digits: what is left of a number in its tails?

python -m tests.manual.tails    writes docs/precision.md, torch's own errors beside ours
"""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import mpmath
import torch
from torch import Tensor
from torch.nn import functional

from dlconcepts.rules import rules
from dlconcepts.rules.rule import Sample
from dlconcepts.rules.verify import by_autograd, by_hand

DOCS = Path(__file__).parents[2] / "docs" / "precision.md"
TYPES = (torch.float64, torch.float32)
ALL = 0.5  # a relative error from which on no digit is right


class Tail(NamedTuple):
    """A function of one number: the rule, its other inputs, the truth and its slope, each a function of an mpf.

    zero: where the slope changes its sign, there is no relative error, and what is nearer than .2 does not count.
    most: up to which x the truth is what the rule promises.
    """

    rule: str
    truth: Callable
    slope: Callable
    others: tuple = ()
    zero: float = math.nan
    most: float = math.inf


def sigmoid(x):
    return 1 / (1 + mpmath.exp(-x))


def softplus(x):
    return mpmath.log1p(mpmath.exp(x))


def below(x):
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2 if abs(x) < 1e3 else int(x > 0)  # mpmath's erfc ends at 1e154


def density(x):
    return mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi)


def v(x):
    return mpmath.sqrt(8 / mpmath.pi) * (x + A * x**3)


def dv(x):
    return mpmath.sqrt(8 / mpmath.pi) * (1 + 3 * A * x * x)


A = mpmath.mpf("0.044715")
YES, NO, FIRST = ([[1.0]],), ([[0.0]],), ([[0]],)
TAILS = {
    "sigmoid": Tail("sigmoid", sigmoid, lambda x: sigmoid(x) * sigmoid(-x)),
    "tanh": Tail("tanh", mpmath.tanh, lambda x: mpmath.sech(x) ** 2),
    "ELU": Tail("elu", lambda x: x if x > 0 else mpmath.expm1(x), lambda x: 1 if x > 0 else mpmath.exp(x)),
    "GELU": Tail("gelu", lambda x: x * below(x), lambda x: below(x) + x * density(x), zero=-0.7517915),
    "GELU by tanh": Tail(
        "gelu tanh",
        lambda x: x * sigmoid(v(x)),
        lambda x: sigmoid(v(x)) * (1 + x * sigmoid(-v(x)) * dv(x)),
        zero=-0.7524614,
    ),
    "SiLU": Tail("silu", lambda x: x * sigmoid(x), lambda x: sigmoid(x) * (1 + x * sigmoid(-x)), zero=-1.2784645),
    "softplus, x up to 20": Tail("softplus", softplus, sigmoid, most=20),
    "binary cross-entropy on logits, t = 0": Tail("binary cross-entropy on logits", softplus, sigmoid, NO),
    "binary cross-entropy on logits, t = 1": Tail(
        "binary cross-entropy on logits", lambda x: softplus(-x), lambda x: -sigmoid(-x), YES
    ),
}


def points(dtype: torch.dtype, tail: Tail) -> Tensor:
    """A number of each sign for each binary exponent of the type, and 1,200 of where exp(x) is a normal number."""
    finfo = torch.finfo(dtype)
    low, high = math.frexp(finfo.tiny)[1], math.frexp(finfo.max)[1]
    powers = torch.tensor([math.ldexp(0.7, e) for e in range(low, high)], dtype=torch.float64)
    reach = -math.log(finfo.tiny)
    dense = torch.linspace(-reach, reach, 400, dtype=torch.float64)
    x = torch.cat([powers, -powers, dense, dense / 10, dense / 100]).to(dtype)
    return x[x <= tail.most]


def inputs(tail: Tail, x: Tensor) -> Sample:
    """Each number as a model of its own where the rule is a loss, since a loss is one number per model."""
    if not tail.others:
        return Sample((x,))
    z = x.view(-1, 1, 1)
    return Sample((z, *(torch.tensor(t, dtype=x.dtype).expand_as(z) for t in tail.others)))


def ours(tail: Tail, x: Tensor) -> tuple[Tensor, Tensor]:
    sample = inputs(tail, x)
    y, _ = rules[tail.rule].forward(*sample.inputs)
    return y, by_hand(rules[tail.rule], sample, torch.ones_like(y))[0].view(-1)


def torchs(tail: Tail, x: Tensor) -> tuple[Tensor, Tensor]:
    if tail.others:  # entry by entry, as ours
        loss = functional.binary_cross_entropy_with_logits
        rule = rules[tail.rule]._replace(reference=lambda z, t: loss(z, t, reduction="none").view(-1))
    else:
        rule = rules[tail.rule]
    sample = inputs(tail, x)
    y = rule.reference(*sample.inputs)
    return y, by_autograd(rule, sample, torch.ones_like(y), 1)[0].view(-1)


class Worst(NamedTuple):
    """The largest relative error in eps of the type, and where; if no digit is left, the first such place from 0."""

    error: float
    x: float


def worst(found: Tensor, exact: list, x: Tensor) -> Worst:
    """Over the numbers whose truth is a normal number of the type; infinite where what was found is none."""
    finfo = torch.finfo(x.dtype)
    errors = [
        (float(abs(mpmath.mpf(a) / b - 1)) if math.isfinite(a) else math.inf, at)
        for a, b, at in zip(found.tolist(), exact, x.tolist(), strict=True)
        if b is not None and finfo.tiny <= abs(b) <= finfo.max
    ]
    error, at = max(errors)
    lost = [place for each, place in errors if each >= (math.inf if math.isinf(error) else ALL)]
    return Worst(error / finfo.eps, min(lost, key=abs) if lost else at)


class Measured(NamedTuple):
    """One row of the table."""

    what: str
    dtype: torch.dtype
    ours: Worst
    torch: Worst


def measured(name: str, dtype: torch.dtype) -> Iterator[Measured]:
    """The value's row and the slope's."""
    tail = TAILS[name]
    x = points(dtype, tail)
    found, others = ours(tail, x), torchs(tail, x)
    with mpmath.workdps(50):
        numbers = [mpmath.mpf(value) for value in x.tolist()]
        values = [tail.truth(value) for value in numbers]
        slopes = [None if abs(value - tail.zero) < 0.2 else tail.slope(value) for value in numbers]
        for what, exact, a, b in zip((name, f"slope of {name}"), (values, slopes), found, others, strict=True):
            yield Measured(what, dtype, worst(a, exact, x), worst(b, exact, x))


def page() -> str:
    """docs/precision.md."""
    rows = [row for name in TAILS for dtype in TYPES for row in measured(name, dtype)]
    named = {dtype: str(dtype).removeprefix("torch.") for dtype in TYPES}
    lines = [f"| {r.what} | {named[r.dtype]} | {said(r.ours, r.dtype)} | {said(r.torch, r.dtype)} |" for r in rows]
    return PAGE.format(torch=torch.__version__.partition("+")[0], rows="\n".join(lines))


def said(found: Worst, dtype: torch.dtype) -> str:
    """The error with its place, in bold where no digit is left."""
    if math.isinf(found.error):
        return f"**no number** from {found.x:.3g} on"
    if found.error * torch.finfo(dtype).eps >= ALL:
        return f"**no digit** from {found.x:.3g} on"
    return f"{found.error:.3g} at {found.x:.3g}"


PAGE = """# What is left of a number in the tails

The largest relative error of each value and of each slope against 50 digits, over the whole range of the type: a
number of each sign for each binary exponent, and 1,200 of those whose exponential is a normal number. Errors are in
units of the type's epsilon, 2.2e-16 for float64 and 1.2e-7 for float32; half an epsilon is what rounding the true
number costs. Numbers whose true value or slope is too small or too large for a normal number of the type do not count,
nor those within 0.2 of the place where a slope is 0. torch is {torch} on the CPU. Where its column is in bold, torch
has lost every digit, or has no number at all; the place is the one nearest to 0.

The error of GELU grows with the square of x: the rounding of x / sqrt(2) is multiplied by x^2 in the exponent. In
float16 and bfloat16 every formula is computed in float32 and rounded once, so nothing is lost there that is kept here;
`dlconcepts verify --dtype bfloat16` shows it rule by rule.

| function | type | ours | torch |
| :-- | :-- | :-- | :-- |
{rows}

Made by `python -m tests.manual.tails`.
"""


if __name__ == "__main__":
    DOCS.write_text(page(), encoding="utf-8")
