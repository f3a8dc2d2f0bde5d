"""What is judged: what min-max does, whether scaling speeds up, when it fails, and what layers do."""

from ...evidence.judge import above, accuracy, exact, extra, paired, under_conditions, values
from ...evidence.records import Run, Verdict
from .arms import BATCH, BY_HAND, CLEAN, FORMS, GLITCHES, LABELS, LAYERS, LR, OWN, RATES, SHARED
from .working_rates import decades, working

SAME = 0.5  # percentage points of accuracy below which we call nothing gained
USABLE = 1.0  # a learning rate works if it costs at most so many points against the best one
WIDER = 0.25  # decades: less than a step of the grid of rates
ROUNDING = 1e-12  # a few float64 operations, or one product with 784 terms
CHANGE = 0.01  # of an output, or of all answers, from which a difference may be called one


def verdicts(runs: list[Run]) -> dict[str, Verdict]:
    """The statements of the glossary on normalization, judged."""
    of = {arm: values(runs, label, accuracy) for arm, label in LABELS.items()}
    faster = {
        f"{form}, {rate}": above(f"{form} - 0 to 255, points", paired(of[form, rate], of[FORMS[0], rate]), SAME)
        for rate in LR
        for form in FORMS[1:]
    }
    return {
        "normalization.minmax": under_conditions("what lies between 0 and 1 afterwards", minmax(runs)),
        "normalization.speeds-up": under_conditions("test accuracy after one epoch, by form of the pixels", faster),
        "normalization.unknown-distribution": under_conditions("is min-max no worse than the others", unknown(of)),
        "normalization.layers": under_conditions("what normalization layers do", layers(runs)),
    }


def minmax(runs: list[Run]) -> dict[str, Verdict]:
    """What min-max scaling brings between 0 and 1, and what not."""

    def found(name: str) -> list[float]:
        return [run.extra[name] for run in runs if run.label == BY_HAND]

    return {
        "training pixels, min-max": exact("largest distance of a pixel's ends from 0 and 1", found("ends"), 0.0),
        "and the inverse brings them back": exact("largest error", found("inverse"), ROUNDING),
        "pixels of new images": exact("farthest value beyond 0 or 1", found("new images"), 0.0),
        "standardized pixels": exact("farthest value beyond 0 or 1", found("standardized"), 0.0),
    }


def unknown(of: dict[tuple[str, str], dict]) -> dict[str, Verdict]:
    """Min-max against the other ways, on pixels far from a bell curve and on pixels with outliers."""
    squashed, standardized, ranks = GLITCHES
    compared = {
        "no bell curve, each its own rate": (of[CLEAN[0], OWN], of[CLEAN[1], OWN], "standardized"),
        "glitches, one shared rate": (of[squashed, SHARED], of[standardized, SHARED], "standardized"),
        "glitches, each its own rate": (of[squashed, OWN], of[standardized, OWN], "standardized"),
        "glitches, each its own rate, against ranks": (of[squashed, OWN], of[ranks, OWN], "quantiles"),
    }
    return {
        name: above(f"min-max - {other}, points of test accuracy", paired(a, b), -SAME)
        for name, (a, b, other) in compared.items()
    }


def layers(runs: list[Run]) -> dict[str, Verdict]:
    """Rates that work, and whether an example's answer depends on its batch."""

    def usable(run: Run) -> float | None:
        return decades(working(RATES, run.extra["accuracy"], USABLE))

    width = {name: values(runs, f"{name}, all rates", usable) for name in LAYERS}
    measured = {
        (name, what): values(runs, name, extra(what)).values()
        for name in LAYERS
        for what in ("refuses one", "company", "changed")
    }
    return {
        f"{name}: more learning rates work": above(
            f"{name} - no norm, decades of learning rate", paired(width[name], width["no norm"]), WIDER
        )
        for name in ("batch norm", "layer norm")
    } | {
        "batch norm: refuses a batch of one": exact(
            "networks that took it", [v if v is None else 1.0 - v for v in measured["batch norm", "refuses one"]], 0.0
        ),
        "layer norm: takes it": exact(
            "networks that refused", [v if v is None else float(v) for v in measured["layer norm", "refuses one"]], 0.0
        ),
        "batch norm: in training the others of a batch matter": above(
            "relative change of an example's outputs", measured["batch norm", "company"], CHANGE
        ),
        "layer norm: they do not": exact("relative change", measured["layer norm", "company"], ROUNDING),
        f"batch norm: batches of {BATCH} in training mode answer otherwise": above(
            "share of test digits with another answer", measured["batch norm", "changed"], CHANGE
        ),
        "layer norm: the same answers": exact("share of test digits", measured["layer norm", "changed"], 0.0),
    }
