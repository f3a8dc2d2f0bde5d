"""From runs to verdicts: paired effects, their intervals, and the rule that decides.

The metric, its threshold and its direction are set in a concept's code before anything is run.
Source of the interval: Student, "The probable error of a mean", 1908, https://doi.org/10.1093/biomet/6.1.1
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from math import sqrt
from statistics import fmean, stdev
from typing import Any, TypeVar

from scipy import stats

from .records import Run, Verdict

T = TypeVar("T")

LEVEL = 0.95
LEAST_SEEDS = 5  # below this a t-interval says more about luck than about the statement


def interval(values: Sequence[float], level: float = LEVEL) -> tuple[float, float, float]:
    """(mean, low, high): the t-interval of the mean. Raises ValueError for fewer than two values."""
    if len(values) < 2:
        raise ValueError(f"an interval needs at least 2 values, got {len(values)}; use more seeds")
    mean = fmean(values)
    half = float(stats.t.ppf((1 + level) / 2, len(values) - 1)) * stdev(values) / sqrt(len(values))
    return mean, mean - half, mean + half


def values(runs: Iterable[Run], label: str, get: Callable[[Run], T | None]) -> dict[int, T | None]:
    """seed -> value, for the runs with this label; None for a model that diverged."""
    return {run.seed: get(run) if run.status == "ok" else None for run in runs if run.label == label}


def extra(*keys: str | int) -> Callable[[Run], Any]:
    """Reads what a run has in `extra` under these keys, one inside the other."""

    def read(run: Run) -> Any:
        found: Any = run.extra
        for key in keys:
            found = found[key]
        return found

    return read


def accuracy(run: Run) -> float:
    """Test accuracy in percent."""
    return 100 * run.number("test accuracy")


def paired(a: Mapping[int, float | None], b: Mapping[int, float | None]) -> list[float | None]:
    """a - b for each seed that both have: they share start, order and masks, so only the setting differs."""
    return [difference(a[seed], b[seed]) for seed in sorted(a.keys() & b.keys())]


def difference(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a - b


def above(metric: str, effects: Iterable[float | None], threshold: float = 0.0) -> Verdict:
    """Supported where the whole interval lies above the threshold, refuted where it lies below."""
    return judge(metric, effects, threshold, lambda low, high: (low > threshold, high < threshold))


def below(metric: str, effects: Iterable[float | None], threshold: float = 0.0) -> Verdict:
    """Supported where the whole interval lies below the threshold, refuted where it lies above."""
    return judge(metric, effects, threshold, lambda low, high: (high < threshold, low > threshold))


def within(metric: str, effects: Iterable[float | None], margin: float) -> Verdict:
    """No difference that matters: supported where the interval lies inside +-margin, refuted where it is outside."""
    verdict = judge(
        metric, effects, 0.0, lambda low, high: (-margin < low and high < margin, low > margin or high < -margin)
    )
    return replace(verdict, margin=margin)


def judge(
    metric: str,
    effects: Iterable[float | None],
    threshold: float,
    decide: Callable[[float, float], tuple[bool, bool]],
) -> Verdict:
    """The verdict by an interval. A model that diverged has no effect to average: then nothing is shown."""
    effects = list(effects)
    known = [effect for effect in effects if effect is not None]
    if len(effects) < 2 or len(known) < len(effects):
        return Verdict("not shown", metric, threshold=threshold, seeds=len(effects))
    mean, low, high = interval(known)
    supported, refuted = decide(low, high)
    outcome = "supported" if supported else "refuted" if refuted else "not shown"
    return Verdict(outcome, metric, mean, low, high, threshold, seeds=len(effects))


def exact(metric: str, deviations: Iterable[float | None], bound: float) -> Verdict:
    """An identity: supported where the largest deviation of all is rounding, at most `bound`."""
    deviations = list(deviations)
    known = [deviation for deviation in deviations if deviation is not None]
    if not deviations or len(known) < len(deviations):
        return Verdict("not shown", metric, threshold=bound, seeds=len(deviations), exact=True)
    worst = max(known)
    return Verdict(
        "supported" if worst <= bound else "refuted", metric, worst, threshold=bound, seeds=len(deviations), exact=True
    )


def under_conditions(metric: str, parts: dict[str, Verdict]) -> Verdict:
    """The common outcome of all declared conditions; conditional where they disagree."""
    outcomes = {part.outcome for part in parts.values()}
    outcome = outcomes.pop() if len(outcomes) == 1 else "conditional"
    return Verdict(outcome, metric, seeds=min(part.seeds for part in parts.values()), parts=parts)


def not_judged(verdict: Verdict) -> Verdict:
    """The numbers stay, the judgement goes: a quick run, too few seeds or other data decide nothing."""
    parts = {name: not_judged(part) for name, part in verdict.parts.items()}
    return replace(verdict, outcome="not judged", parts=parts)
