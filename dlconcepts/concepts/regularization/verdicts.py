"""What is judged: whether it overcomes over-fitting, what a penalty is, and whether L1 makes zeros."""

from collections.abc import Callable

from ...evidence.judge import above, accuracy, exact, paired, under_conditions, values
from ...evidence.records import Run, Verdict
from .arms import ARMS, LAMBDA, PLAIN, PROXIMAL, WAYS
from .penalty_pull import norms

ROUNDING = 1e-12  # sums over 100,000 float64 weights
SPARSE = 0.01  # the share of exact zeros from which a penalty may be said to make weights zero


def gap(run: Run) -> float:
    """Training less test accuracy, in percentage points."""
    return 100 * run.extra["training accuracy"] - accuracy(run)


def verdicts(runs: list[Run]) -> dict[str, Verdict]:
    """The statements of the glossary on regularization, judged."""
    return {
        "regularization.overcomes": overcomes(runs),
        "regularization.penalty": penalty(runs),
        "regularization.l1-sparse": under_conditions(
            "does an L1 penalty make weights zero, and the same lambda for both",
            {
                label: above("share of weights that are exactly 0", share.values(), SPARSE)
                for label in (PLAIN, PROXIMAL)
                for share in [values(runs, label, lambda run: run.extra["zeros"])]
            },
        ),
    }


def overcomes(runs: list[Run]) -> Verdict:
    """For each way: is the gap narrower than without any, and are more test digits right?"""
    gaps, scores = ({label: values(runs, label, get) for label in ARMS} for get in (gap, accuracy))
    narrower = {
        f"{way}: a narrower gap": above(
            f"gap of none - gap of {way}, percentage points", paired(gaps["none"], gaps[way])
        )
        for way in WAYS
    }
    better = {
        f"{way}: more test digits right": above(
            f"{way} - none, points of test accuracy", paired(scores[way], scores["none"])
        )
        for way in WAYS
    }
    return under_conditions("what each way does against over-fitting", narrower | better)


def penalty(runs: list[Run]) -> Verdict:
    """What L + lambda N(w) is, and what it is not."""
    facts = values(runs, "none", lambda run: run.extra.get("penalty")).values()

    def far(metric: str, get: Callable[[dict], float]) -> Verdict:
        return exact(metric, [None if found is None else get(found) for found in facts], ROUNDING)

    def pulls_apart(name: str) -> Verdict:
        lengths = (f"{name} pulls", f"{name} pulls at half")
        return far("difference of the slopes' lengths", lambda found: abs(found[lengths[0]] - found[lengths[1]]))

    return under_conditions(
        "the loss with a penalty, L + lambda N(w), float64",
        {
            "its gradient is L's plus lambda times N's": far(
                "largest difference from autograd's, each N", lambda found: max(found[name] for name in norms)
            ),
            "lambda is the term": far(
                "distance of lambda N(w) from lambda, N the L1 norm", lambda found: abs(found["lambda N(w)"] - LAMBDA)
            ),
            "the L2 norm pulls at w / 2 as hard as at w": pulls_apart("norm"),
            "so does Ridge's penalty, its square": pulls_apart("square"),
        },
    )
