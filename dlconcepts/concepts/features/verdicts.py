"""What is judged: rules, cut-offs, extraction, bare pixels, and whether learned features win."""

from functools import partial

from ...evidence.judge import above, accuracy, below, extra, paired, under_conditions, values
from ...evidence.records import Run, Verdict
from .arms import GAPS, LEARNERS, NEIGHBOURS, PIXELS, RULES, RUNGS, label

JUDGED = (100, 1_000, 50_000)  # sizes at which statements that do not ask for a crossing are judged
WORKS = 90.0  # percent of test digits from which a classifier may be said to work
SAME = 1.0  # percentage points of accuracy below which we call nothing gained
MUCH = 5.0  # points from which the choice of features may be called decisive
CLEAN = 1.0  # percent on the wrong side up to which a cut-off may be called clean


def verdicts(runs: list[Run]) -> dict[str, Verdict]:
    """The statements of the glossary on features, judged."""
    of = {(learner, n): values(runs, label(learner, n), accuracy) for learner in (*LEARNERS, NEIGHBOURS) for n in RUNGS}
    by_rules = values(runs, RULES, accuracy)
    gain = partial(difference, of)
    return {
        "features.rules-fail": under_conditions(
            "test accuracy of the rules, alone and beside learners that get bare pixels",
            {"right on fewer than nine digits in ten": below("test accuracy of the rules, %", by_rules.values(), WORKS)}
            | {
                f"{learner} with {n:,} digits beats them": above(
                    f"{learner} - rules, points", paired(of[learner, n], by_rules)
                )
                for learner in PIXELS
                for n in JUDGED
            },
        ),
        "features.ambiguous": under_conditions("zeros and sixes on the wrong side of the best cut-off", unclean(runs)),
        "features.extraction-matters": under_conditions(
            "the same linear classifier on different features",
            {
                name: verdict
                for n in JUDGED
                for name, verdict in (
                    gain("linear on HOG", "linear on measurements", n, MUCH),
                    gain("linear on HOG", "linear on pixels", n, SAME),
                    gain("linear on pixels", "linear on measurements", n, SAME),
                )
            },
        ),
        "features.raw-rarely-works": under_conditions(
            "bare pixels without a network: right on fewer than nine digits in ten",
            {
                f"{learner}, {n:,} digits": below("test accuracy, %", of[learner, n].values(), WORKS)
                for learner in ("linear on pixels", NEIGHBOURS)
                for n in JUDGED
            },
        ),
        "features.only-methods": under_conditions(
            "what learns from bare pixels, too, is clearly behind networks",
            dict(gain(network, NEIGHBOURS, n, SAME) for network in ("MLP", "CNN") for n in JUDGED),
        ),
        "features.learned-win": under_conditions(
            "learned features against the best hand-made ones",
            dict(gain(network, "linear on HOG", n, 0.0) for network in ("MLP", "CNN") for n in RUNGS),
        ),
    }


def difference(of: dict[tuple[str, int], dict], a: str, b: str, n: int, threshold: float) -> tuple[str, Verdict]:
    """The condition that one learner beats another at a size, by more than so many points."""
    effects = paired(of[a, n], of[b, n])
    return f"{n:,} digits: {a} over {b}", above(f"{a} - {b}, points of test accuracy", effects, threshold)


def unclean(runs: list[Run]) -> dict[str, Verdict]:
    """For each way to close gaps: what the best cut-off gets wrong, where it was chosen and on new digits."""
    where = {"wrong": "even on the digits that chose the cut-off", "wrong on test": "on test digits"}
    return {
        f"{name}, {words}": above(
            "zeros and sixes on the wrong side, %", values(runs, name, extra(key)).values(), CLEAN
        )
        for name in GAPS
        for key, words in where.items()
    }
