"""What is judged: what each metric is, and whether it tells how well a network performs."""

from collections.abc import Callable

from ...evidence.judge import above, below, exact, extra, under_conditions, values, within
from ...evidence.records import Run, Verdict
from ...images.data_set import CLASSES
from . import answers
from .arms import ALWAYS_ONE, NETWORK, PAIRS

ONE_IN = {10: "ten", 100: "a hundred", 1000: "a thousand"}  # digits is a nine
GOOD = 0.9  # who is accurate or precise, in whatever meaning, is so in nine cases of ten
SAME = 0.5  # points of accuracy that are called nothing
LITTLE = 0.05  # of a loss, or of an error: little
NOTICED = 0.1  # points that would show that a metric takes notice
SELDOM = 0.01  # a share of steps, or of namings, that one would overlook
MOST, NEARLY_ALL = 0.9, 0.99  # recall, before and after lowering the threshold
ROUNDING = 1e-12  # shares of 10,000, and sums of as many
Get = Callable[[Run], float | None]


def of(runs: list[Run], get: Get, label: str = NETWORK) -> list[float | None]:
    return list(values(runs, label, get).values())


def verdicts(runs: list[Run]) -> dict[str, Verdict]:
    """The statements of the glossary on metrics, judged."""
    judged = {
        "metrics.accuracy": ("what accuracy is", accuracy_parts),
        "metrics.precision": ("what precision is", precision_parts),
        "metrics.recall": ("what recall is, and what it costs", recall_parts),
        "metrics.f1": ("do they tell how well a network performs", f1_parts),
        "metrics.imbalance": ("does accuracy prefer an answer of no use", imbalance_parts),
        "metrics.mae": ("does it measure how digits are recognized", mae_parts),
    }
    return {name: under_conditions(metric, judge(runs)) for name, (metric, judge) in judged.items()}


def as_counted(runs: list[Run], name: str) -> Verdict:
    return exact("deviation", of(runs, lambda run: run.extra["miscounted"][name]), ROUNDING)


def accuracy_parts(runs: list[Run]) -> dict[str, Verdict]:
    """A network's answers, and the same answers dealt out to other digits: who is accurate in which meaning?"""
    close = {name: of(runs, extra("closeness", name)) for name in ("as it is", "dealt anew")}
    right = {name: of(runs, extra(name)) for name in ("accuracy", "dealt anew")}
    nearer = of(runs, lambda run: 100 * (run.extra["wrong answers nearer"] - run.extra["accuracy"]))
    known, share = "closeness to the known numbers of the digits", "share of right answers"
    return {
        "share of right answers, as counted one by one": as_counted(runs, "accuracy"),
        "network, closeness to known values": above(known, close["as it is"], GOOD),
        "network, share of right answers": above(share, right["accuracy"], GOOD),
        "its answers dealt out anew, closeness to known values": above(known, close["dealt anew"], GOOD),
        "its answers dealt out anew, share of right answers": above(share, right["dealt anew"], GOOD),
        "wrong answers moved next to the digit": above("points gained", nearer, NOTICED),
    }


def precision_parts(runs: list[Run]) -> dict[str, Verdict]:
    """A network, and "always 1": who is precise in which meaning?"""
    two, share = "agreement of two trainings", "TP / (TP + FP)"
    always = [run for run in runs if run.label == ALWAYS_ONE]
    return {
        "TP / (TP + FP), as counted one by one": as_counted(runs, "precision"),
        "network, repeatability": above(two, of(runs, lambda run: run.extra["agreement"], PAIRS), GOOD),
        "network, TP / (TP + FP)": above(f"{share}, mean of the digits", of(runs, mean_precision), GOOD),
        "always 1, repeatability": known("agreement with itself", [run.extra["agreement"] for run in always]),
        "always 1, TP / (TP + FP)": known(share, [run.extra["by digit"]["precision"][1] for run in always]),
    }


def known(metric: str, found: list[float]) -> Verdict:
    """What has no chance in it, and so no interval: at least GOOD?"""
    return exact(f"1 - {metric}", [1 - value for value in found], 1 - GOOD)


def mean_precision(run: Run) -> float:
    return sum(run.extra["by digit"]["precision"]) / CLASSES


def recall_parts(runs: list[Run]) -> dict[str, Verdict]:
    falls = of(runs, lambda run: max(step["recall falls"] for step in run.extra["steps"]))
    rises = of(runs, lambda run: sum(step["precision rises"] for step in run.extra["steps"]) / CLASSES)
    a, b = (answers.RECALLS.index(wanted) for wanted in (MOST, NEARLY_ALL))
    cost = of(runs, lambda run: 100 * sum(curve[a] - curve[b] for curve in run.extra["curves"]) / CLASSES)
    return {
        "TP / (TP + FN), as counted one by one": as_counted(runs, "recall"),
        "a lower threshold never lowers it": exact("largest fall", falls, 0),
        f"from {MOST} to {NEARLY_ALL} it costs precision": above("points of precision lost, mean of the digits", cost),
        "each lower threshold costs precision": below("share of steps at which precision rose", rises, SELDOM),
    }


def f1_parts(runs: list[Run]) -> dict[str, Verdict]:
    points = of(runs, lambda run: 100 * (run.curve("validation accuracy")[-1] - run.number("test accuracy")))
    loss = of(runs, lambda run: run.curve("validation loss")[-1] / run.number("test loss") - 1)
    return {
        "F1 of a digit: harmonic mean of precision and recall": as_counted(runs, "F1"),
        "macro F1: harmonic mean of macro precision and recall": exact(
            "deviation", of(runs, lambda run: run.extra["macro"]), ROUNDING
        ),
        "validation accuracy is test accuracy": within("points, validation - test", points, SAME),
        "validation loss is test loss": within("validation / test - 1", loss, LITTLE),
    }


def imbalance_parts(runs: list[Run]) -> dict[str, Verdict]:
    """How much more often than the network is "always no" right, if one digit in so many is a nine?"""

    def ahead(share: float) -> list[float | None]:
        return of(runs, lambda run: 100 * (wrong(run, share) - share))

    least = 1 / max(ONE_IN)
    return {
        **{
            f"one nine in {words}: always no is right more often": above("points, always no - network", ahead(1 / n))
            for n, words in ONE_IN.items()
        },
        f"one nine in {ONE_IN[max(ONE_IN)]}: F1 prefers the network": above(
            "F1, network - always no", of(runs, lambda run: f1_at(run, least))
        ),
    }


def wrong(run: Run, share: float) -> float:
    """The share of wrong answers to "is it a nine?" where this share of the digits are nines."""
    return share * (1 - run.extra["nines"]["found"]) + (1 - share) * run.extra["nines"]["false alarms"]


def f1_at(run: Run, share: float) -> float:
    """F1 of "is it a nine?"; that of always no is 0, as it finds none."""
    found = share * run.extra["nines"]["found"]
    return 2 * found / (found + (1 - share) * run.extra["nines"]["false alarms"] + share)


def mae_parts(runs: list[Run]) -> dict[str, Verdict]:
    def other(get: Callable[[dict], float]) -> list[float | None]:
        return of(runs, lambda run: get(run.extra["other names"]))

    return {
        "of digits as numbers: the same under other names": below(
            "(largest - smallest) / own", other(lambda e: (e["most"] - e["least"]) / (e["own names"] or 1)), LITTLE
        ),
        "of digits as numbers: the better of two networks stays the better": below(
            "share of namings that turn the order", of(runs, lambda run: run.extra["order turned"], PAIRS), SELDOM
        ),
        "of probabilities: the same under other names": exact(
            "deviation", other(lambda e: e["probabilities move"]), ROUNDING
        ),
    }
