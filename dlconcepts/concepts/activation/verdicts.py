"""What is judged: whether one needs an activation, and whether it matters which."""

from math import log10
from statistics import fmean

from ...evidence.judge import above, accuracy, below, exact, paired, under_conditions, values
from ...evidence.records import Run, Verdict
from .arms import ARMS, CHOICES, LINEAR, NAMES, ONE_HIDDEN

ROUNDING = 1e-12  # products of four float64 matrices
SAME = 0.5  # percentage points of accuracy below which we call nothing gained
SILENT = 0.01  # share of exact zeros from which a function may be said to switch units off
ALIKE = 0.99  # share of equal predictions from which two models may be called the same
NEVER = 0.5  # a classifier that cannot do its task stays below this accuracy; guessing gets 0.1
VANISHED = 2.0  # powers of ten that the gradient loses on its way to the first layer: a hundredth is left


def lost(run: Run) -> float | None:
    """How many powers of ten shorter the first layer's gradient is than the last one's, before training."""
    lengths = run.extra["gradients before"]
    return log10(lengths[-1] / lengths[0]) if all(lengths) else None


def best(runs: list[Run], depth: int) -> str:
    """The activation with the highest mean validation accuracy among those of which no model diverged."""

    def score(label: str) -> float:
        mine = [run for run in runs if run.label == label]
        return 0.0 if any(r.status != "ok" for r in mine) else fmean(r.curve("validation accuracy")[-1] for r in mine)

    return max(NAMES, key=lambda name: score(CHOICES[depth][name]))


def choice(runs: list[Run]) -> dict[str, Verdict]:
    """What depends on the choice, with few and with many layers."""
    parts: dict[str, Verdict] = {}
    metric = "points of test accuracy"
    for depth, labels in CHOICES.items():
        of = {name: values(runs, label, accuracy) for name, label in labels.items()}
        parts |= {
            f"{depth} hidden layers: the best gains on ReLU": above(
                f"best on validation - ReLU, {metric}", paired(of[best(runs, depth)], of["ReLU"]), SAME
            ),
            f"{depth} hidden layers: smooth or kinked, GELU gains on ReLU": above(
                f"GELU - ReLU, {metric}", paired(of["GELU"], of["ReLU"]), SAME
            ),
            f"{depth} hidden layers: sigmoid loses against ReLU": above(
                f"ReLU - sigmoid, {metric}", paired(of["ReLU"], of["sigmoid"]), SAME
            ),
            f"{depth} hidden layers: sigmoid's gradient vanishes": above(
                "powers of ten lost from the last layer to the first, before training",
                values(runs, labels["sigmoid"], lost).values(),
                VANISHED,
            ),
            f"{depth} hidden layers: ReLU leaves units dead": above(
                "share of hidden units that are 0 for every test digit",
                values(runs, labels["ReLU"], lambda run: run.extra["dead"]).values(),
                SILENT,
            ),
        }
    return parts


def verdicts(runs: list[Run]) -> dict[str, Verdict]:
    """The statements of the glossary on activation functions, judged."""
    of = {label: values(runs, label, accuracy) for label in ARMS}
    one_map = exact(
        "largest deviation from one affine map, float64",
        [d for label in LINEAR for d in values(runs, label, lambda run: run.extra.get("collapse")).values()],
        ROUNDING,
    )
    gap = paired(of["ReLU"], of["linear, 1 hidden"])
    depth = paired(of["linear, 3 hidden"], of["softmax regression"])
    agreement = values(runs, "linear, 3 hidden", lambda run: run.extra.get("agreement")).values()
    silent = {
        name: above("share of hidden values that are exactly 0", shares.values(), SILENT)
        for name, label in ONE_HIDDEN.items()
        for shares in [values(runs, label, lambda run: run.extra["silent"])]
    }
    return {
        "activation.nonlinear-needed": under_conditions(
            "what linear layers can and cannot do",
            {
                "the layers multiply out to one affine map": one_map,
                "ReLU is more accurate, same shape": above("ReLU - linear, points of test accuracy", gap),
                "three linear hidden layers do no better than none": below(
                    "linear with 3 hidden - softmax regression, points of test accuracy", depth, SAME
                ),
            },
        ),
        "activation.linear-never-images": below(
            "test accuracy of softmax regression", [v and v / 100 for v in of["softmax regression"].values()], NEVER
        ),
        "activation.is-linear-regression": under_conditions(
            "the network without activation against linear regression",
            {
                "an affine map of its input": one_map,
                "the same predictions": above("share of equal predictions on the test digits", agreement, ALIKE),
            },
        ),
        "activation.gate": under_conditions("does the function switch units off", silent),
        "activation.choice": under_conditions("does it matter which activation one takes", choice(runs)),
    }
