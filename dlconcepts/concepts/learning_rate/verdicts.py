"""What is judged: how far a rate goes, how high and how low it should be, and schedules."""

from collections.abc import Callable
from math import log10
from statistics import fmean

from ...evidence.judge import above, accuracy, exact, paired, under_conditions, values, within
from ...evidence.records import Run, Verdict
from .arms import BOWL, CHANGING, FIRST, OWN, PATIENT, PEAK, RATES, RATIOS, SHARED
from .edge_of_stability import off_the_edge

ROUNDING = 1e-12  # steps of 1e-2 from weights of .1, in float64
IN_PROPORTION = 0.1  # a power of the rate from .9 to 1.1 is called proportional
MATTERS = 1.0  # points of accuracy from which on a rate is too low
SAME = 0.5  # points of accuracy that are called nothing
FAILED = 0.5  # a network that has learned its task is above this accuracy; guessing gets 0.1
MOSTLY = 0.5  # a share above it is most of the runs
AT_THE_EDGE = 0.02  # of the predicted edge: the two ratios around 1


def failed(run: Run) -> float:
    """1 for a run that diverged or learned nothing, else 0."""
    return float(run.status != "ok" or run.number("test accuracy") < FAILED)


def best_rate(runs: list[Run]) -> int:
    """Which of RATES ends with the highest mean validation accuracy; one at which any run failed does not count."""

    def score(rate: float) -> float:
        mine = [run for run in runs if run.label == BOWL[rate]]
        return 0.0 if any(map(failed, mine)) else fmean(run.curve("validation accuracy")[-1] for run in mine)

    return max(range(len(RATES)), key=lambda i: score(RATES[i]))


def compare(runs: list[Run], a: int, b: int, get: Callable[[Run], float | None] = accuracy) -> list[float | None]:
    """get at RATES[a] less get at RATES[b], seed by seed; nothing where the grid does not go that far."""
    if not (0 <= a < len(RATES) and 0 <= b < len(RATES)):
        return []
    return paired(values(runs, BOWL[RATES[a]], get), values(runs, BOWL[RATES[b]], get))


def verdicts(runs: list[Run]) -> dict[str, Verdict]:
    """The statements of the glossary on the learning rate, judged."""
    return {
        "learning_rate.speed": under_conditions("how far the weights move, by learning rate", speed(runs)),
        "learning_rate.high-enough": under_conditions("what too low a rate costs", high_enough(runs)),
        "learning_rate.low-enough": under_conditions("what too high a rate does", low_enough(runs)),
        "learning_rate.schedules": under_conditions("schedules against a constant rate", schedules(runs)),
    }


def off_the_line(far: list[float]) -> float:
    """How far the first steps' lengths are from growing as their rates do, at most, as a share."""
    return max(abs(m / FIRST[i] / (far[0] / FIRST[0]) - 1) for i, m in enumerate(far))


def speed(runs: list[Run]) -> dict[str, Verdict]:
    moved = values(runs, "first steps", lambda run: run.extra["moved"]).values()
    per_rate = [None if far is None else off_the_line(far) for far in moved]
    ends = [values(runs, BOWL[rate], power_of_distance) for rate in (0.1, 0.001)]
    power = [None if d is None else d / log10(0.1 / 0.001) for d in paired(*ends)]
    metric = "the distance of the first epoch grows as this power of the rate, from 0.001 to 0.1"
    return {
        "one step: so many times the rate, so many times as far": exact(
            "largest deviation from proportion, float64", per_rate, ROUNDING
        ),
        "one epoch: a higher rate goes farther": above(metric, power),
        "one epoch: so many times the rate, so many times as far": within(
            f"{metric}, less 1", [None if p is None else p - 1 for p in power], IN_PROPORTION
        ),
    }


def power_of_distance(run: Run) -> float | None:
    """The distance moved in the first epoch as a power of ten; None where nothing moved."""
    distance = run.curves["distance moved"][0]
    return log10(distance) if distance else None


def high_enough(runs: list[Run]) -> dict[str, Verdict]:
    best = best_rate(runs)
    patient = paired(values(runs, PATIENT, accuracy), values(runs, BOWL[PEAK], accuracy))
    metric = "best rate - this one, points of test accuracy after the same epochs"
    return {
        "a tenth of the best rate is too low": above(metric, compare(runs, best, best - 2), MATTERS),
        "a hundredth of the best rate is too low": above(metric, compare(runs, best, best - 4), MATTERS),
        "low is slow, not bad: ten times the epochs make up for a tenth of the rate": above(
            f"{PATIENT} - {BOWL[PEAK]}, points of test accuracy", patient, -SAME
        ),
    }


def low_enough(runs: list[Run]) -> dict[str, Verdict]:
    best = best_rate(runs)
    far = [failed(run) for run in runs if run.label == BOWL[RATES[min(best + 2, len(RATES) - 1)]]]
    off = values(runs, "at a minimum", lambda run: off_the_edge(RATIOS, run.extra["growth"])).values()
    start = values(runs, "from the start", lambda run: run.extra["rose"]).values()
    sharp = values(runs, "from the start", lambda run: run.extra["sharpness"]).values()
    loss = compare(runs, best - 2, best, lambda run: run.curves["training loss"][-1])
    lengths = compare(runs, best + 2, best, lambda run: run.extra["gradient lengths"][0])
    return {
        "ten times the best rate fails": above("share of runs that diverge or learn nothing", far, MOSTLY),
        "lower is better: a tenth of the best rate comes lower down": above(
            "loss of the last epoch, best rate - a tenth of it", [None if d is None else -d for d in loss]
        ),
        "softmax regression: the edge is at 2 / largest eigenvalue": exact(
            "how far from it the last rate that comes back and the first that does not are", off, AT_THE_EDGE
        ),
        "ReLU network: below the edge at its first weights the loss falls": above(
            "lowest rate at which a loss rose, over the predicted edge", start, 1 - AT_THE_EDGE
        ),
        "ReLU network: where the loss first rises the edge has come down to the rate": above(
            "learning rate over the edge at that place", sharp, 1.0
        ),
        "the smaller gradient is the better network": above(
            "length of the hidden layer's gradient, ten times the best rate - best rate", lengths
        ),
    }


def schedules(runs: list[Run]) -> dict[str, Verdict]:
    metric = "points of test accuracy against a constant rate"
    return {
        f"{name}, {peak}": above(metric, paired(values(runs, of[name], accuracy), constant))
        for peak, of in [("same peak", SHARED), ("own peak", OWN)]
        for constant in [values(runs, of["constant"], accuracy)]
        for name in CHANGING
    }
