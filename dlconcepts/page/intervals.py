"""Where to draw a verdict's number: effect, interval and what it was held against, on a small plot of its own scale.

What it was held against always stands in the middle, so below a column of plots left is less and right is more.
"""

import math
from typing import NamedTuple

from ..evidence.records import Verdict

WIDTH, EDGE = 240, 10  # of the plot, and what is left free at its ends
LEAST = 1e-18  # an exact identity's deviation below this is drawn as this
DECADES = 3.0  # how far a plot of deviations reaches at least, up and down from its bound


class Plot(NamedTuple):
    """Places from 0 to WIDTH. bar: the interval; band: the margin that counts as no difference."""

    dot: float
    bar: tuple[float, float] | None
    band: tuple[float, float] | None
    against: str  # what stands in the middle
    alt: str


def plot(verdict: Verdict) -> Plot | None:
    """The plot of a verdict; None where it has no number."""
    if verdict.effect is None or verdict.threshold is None:
        return None
    middle, margin = verdict.threshold, verdict.margin or 0.0
    if verdict.exact and middle:
        return of_deviation(verdict.effect, middle, said(verdict, middle))
    low, high = ends(verdict, verdict.effect)
    reach = 1.1 * max(high - middle, middle - low, margin) or 1.0

    def place(value: float) -> float:
        return round(WIDTH / 2 + (value - middle) / reach * (WIDTH / 2 - EDGE), 1)

    return Plot(
        dot=place(verdict.effect),
        bar=None if verdict.exact else (place(low), place(high)),
        band=(place(middle - margin), place(middle + margin)) if margin else None,
        against=f"{signed(middle)} ± {margin:g}" if margin else signed(middle),
        alt=said(verdict, middle),
    )


def of_deviation(deviation: float, bound: float, alt: str) -> Plot:
    """By powers of ten, the bound in the middle."""
    away = math.log10(max(deviation, LEAST)) - math.log10(bound)
    reach = 1.1 * max(abs(away), DECADES)
    dot = round(WIDTH / 2 + away / reach * (WIDTH / 2 - EDGE), 1)
    return Plot(dot, None, None, signed(bound), alt)


def ends(verdict: Verdict, effect: float) -> tuple[float, float]:
    """The interval; of an exact number the number itself."""
    if verdict.low is None or verdict.high is None:
        return effect, effect
    return verdict.low, verdict.high


def signed(value: float) -> str:
    """A number as people write it, with a real minus sign."""
    return real_minus(f"{value:.4g}")


def real_minus(text: str) -> str:
    return text.replace("e-0", "e-").replace("-", "−")


def numbers(verdict: Verdict) -> str:
    """The effect and its interval, with as many places as the interval allows."""
    if verdict.effect is None:
        return "no number"
    if verdict.exact or verdict.low is None or verdict.high is None:
        return real_minus(f"{verdict.effect:.2g}")
    half = (verdict.high - verdict.low) / 2
    places = max(1 - math.floor(math.log10(half)), 0) if half else None
    form = "{:.4g}" if places is None else f"{{:.{places}f}}" if places < 6 else "{:.1e}"
    effect, low, high = (real_minus(form.format(x)) for x in (verdict.effect, verdict.low, verdict.high))
    return f"{effect} [{low}, {high}]"


def said(verdict: Verdict, threshold: float) -> str:
    """The plot in words."""
    against = f"threshold {signed(threshold)}"
    if verdict.exact:
        against = f"bound {signed(threshold)}"
    elif verdict.margin is not None:
        against = f"margin ± {verdict.margin:g}"
    return f"{numbers(verdict)}; {against}"
