"""What is judged: the chain rule, its order, the steps, where they end, and that both ways are equal."""

from math import log10
from statistics import fmean

from ...evidence.judge import above, accuracy, below, exact, paired, under_conditions, values, within
from ...evidence.records import Run, Verdict
from .arms import ARMS, AUTOGRAD, CONVEX, HAND, KINDS, SMALL, SOURCES, STEPS, WATCHED
from .finite_differences import power
from .slopes import STEP_SIZES

TRUNCATED, ROUNDED = (1e-4, 1e-2), (1e-12, 1e-7)  # where the one error rules, and where the other
ROUNDING = 1e-12  # six layers in float64
DRIFT = 1e-10  # what rounding may have grown to after a thousand steps
GOOD = 1e-8  # a difference at its best step: the third root of float64's 1e-16 is 1e-5, and its square 1e-10
MARGIN = 0.1  # of the powers 1, 2 and -1
SAME = 0.5  # percentage points of accuracy below which we call nothing lost
ALIKE = 0.1  # percentage points: the same training in float32
GONE = 0.01  # a gradient this short is called vanished; first weights have about 1
NOTHING = 1e-16  # what 0 counts as where powers of ten are compared
ONE_LOSS = 0.01  # the share by which losses may differ that are called one
GUESSING = 10.0  # percent: what a model that diverged is taken to know


def verdicts(runs: list[Run]) -> dict[str, Verdict]:
    """The statements of the glossary on back-propagation, judged."""
    return {
        "backprop.chain-rule": under_conditions("the loss's slope by every weight", chain_rule(runs)),
        "backprop.order": order(runs),
        "backprop.subtract": under_conditions("what the gradient alone is worth, without a rate", subtract(runs)),
        "backprop.local-minimum": under_conditions("where training ends", ends(runs)),
        "backprop.training-equal": under_conditions("the same training", equal(runs)),
    }


def of(runs: list[Run], label: str, name: str) -> list:
    """A number from each run of an arm; None where it is missing."""
    return list(values(runs, label, lambda run: run.extra.get(name)).values())


def chain_rule(runs: list[Run]) -> dict[str, Verdict]:
    central, one_sided = of(runs, SMALL, "central"), of(runs, SMALL, "one-sided")

    def grows(name: str, curves: list[list[float]], ends: tuple[float, float], expected: int) -> Verdict:
        powers = [power(STEP_SIZES, curve, *ends) for curve in curves]
        return within(
            f"power of the step, less {expected}: {name}", [None if p is None else p - expected for p in powers], MARGIN
        )

    return {
        "136 parameters: autograd's": exact("largest error", of(runs, SMALL, "off autograd"), ROUNDING),
        "784-32-10, trained: autograd's": exact("largest error", of(runs, WATCHED, "off autograd"), ROUNDING),
        "the first layer's: the sum over all paths to the loss": exact(
            "largest error", of(runs, SMALL, "off paths"), ROUNDING
        ),
        "central differences at their best step come near": exact(
            "largest error over the largest slope", [min(curve) for curve in central], GOOD
        ),
        "central differences: a large step errs by its square": grows("from 1e-4 to 1e-2", central, TRUNCATED, 2),
        "one-sided ones: by the step": grows("from 1e-4 to 1e-2", one_sided, TRUNCATED, 1),
        "central differences: a small step errs by its inverse": grows("from 1e-12 to 1e-7", central, ROUNDED, -1),
    }


def order(runs: list[Run]) -> Verdict:
    """If the last layer's weight gradients gave those before, networks that share them would share those, too."""
    metric = "difference of the gradients before, where the last layer's agree, as a share"

    def part(label: str) -> Verdict:
        found = of(runs, label, "order")
        return below(metric, [row["before"] if row and row["last"] <= ROUNDING else None for row in found], GONE)

    return under_conditions(metric, {"136 parameters": part(SMALL), "784-32-10, trained": part(WATCHED)})


def knows(run: Run) -> float:
    """Test accuracy in percent; that of guessing for a model that diverged."""
    return accuracy(run) if run.status == "ok" else GUESSING


def subtract(runs: list[Run]) -> dict[str, Verdict]:
    by_label = {label: {run.seed: knows(run) for run in runs if run.label == label} for label in ARMS}
    return {
        f"{kind}: as good as with a rate": above(
            "rate 1 - own rate, points of test accuracy",
            paired(by_label[f"{kind}, rate 1"], by_label[f"{kind}, own rate"]),
            -SAME,
        )
        for kind in KINDS
    }


def ends(runs: list[Run]) -> dict[str, Verdict]:
    found = {}
    for name, label in [
        ("784-32-10, batches", WATCHED),
        ("136 parameters, 300 digits at once", f"{SMALL}, all digits"),
        ("softmax regression, 300 digits at once", f"{CONVEX}, all digits"),
    ]:
        found[f"{name}: the gradient is gone"] = below(
            "power of ten of the full gradient's length", powers(of(runs, label, "length")), log10(GONE)
        )
        found[f"{name}: every seed ends at one loss"] = below(
            "power of ten of a seed's loss from the others' mean, as a share",
            powers(apart(of(runs, label, "loss"))),
            log10(ONE_LOSS),
        )
    return found


def powers(found: list[float | None]) -> list[float | None]:
    """The numbers' powers of ten: what spreads over several has no symmetric interval itself."""
    return [None if value is None else log10(max(value, NOTHING)) for value in found]


def apart(losses: list[float | None]) -> list[float | None]:
    """How far each seed's loss is from the mean of the others', as a share of it."""
    known = [loss for loss in losses if loss is not None]
    if len(losses) < 2 or len(known) < len(losses):
        return [None] * len(losses)
    means = [fmean(known[:m] + known[m + 1 :]) for m in range(len(known))]
    return [abs(loss / mean - 1) for loss, mean in zip(known, means, strict=True)]


def equal(runs: list[Run]) -> dict[str, Verdict]:
    of_source = {label: values(runs, label, accuracy) for label in SOURCES}
    return {
        "in float64: the loss of torch.nn, autograd and torch.optim, step by step": exact(
            "largest difference of any step's loss", of(runs, STEPS, "apart"), DRIFT
        ),
        "in float32: as accurate as with autograd": within(
            "by hand - autograd, points of test accuracy", paired(of_source[HAND], of_source[AUTOGRAD]), ALIKE
        ),
    }
