"""What is judged: what of the cost its parts have, which loss is better, and which bears wrong labels."""

from ...evidence.judge import above, accuracy, below, exact, paired, under_conditions, values, within
from ...evidence.records import Run, Verdict
from .arms import ARMS, KINDS, NOISY, SHARES, arm, percent

ROUNDING = 1e-12  # sums of thousands of float64 numbers
ALIKE = 0.5  # percentage points of accuracy below which we call nothing gained
CLOSE = 0.1  # the relative error up to which a mini-batch's gradient may stand for the cost's
LEVEL = 0.95  # the validation accuracy that a fast loss reaches first


def epochs_to_level(run: Run) -> int:
    """The first epoch with the validation accuracy LEVEL; one more than there were where none had it."""
    reached = [value >= LEVEL for value in run.curve("validation accuracy")]
    return reached.index(True) + 1 if any(reached) else len(reached) + 1


def verdicts(runs: list[Run]) -> dict[str, Verdict]:
    """The statements of the glossary on losses, judged."""
    return {
        "loss.example-and-cost": example_and_cost(runs),
        "loss.kinds": kinds(runs),
        "loss.label-noise": label_noise(runs),
    }


def example_and_cost(runs: list[Run]) -> Verdict:
    """Are the examples' losses and the mini-batches' gradients, averaged, the cost's? Is a single one?"""

    def found(name: str) -> list[float | None]:
        return list(values(runs, "cross-entropy", lambda run: run.extra["gradients"][name]).values())

    return under_conditions(
        "what of the cost its parts have, float64",
        {
            "the mean of the examples' losses is the cost": exact(
                "largest relative difference", found("examples"), ROUNDING
            ),
            "the mini-batches' gradients, weighted by size, average to the cost's": exact(
                "largest difference", found("batches"), ROUNDING
            ),
            "one mini-batch of 64 has the cost's gradient": below(
                "length of the error / length of the gradient, after training", found("one batch"), CLOSE
            ),
        },
    )


def kinds(runs: list[Run]) -> Verdict:
    """What cross-entropy has over squared error in sorting into ten classes."""
    of = {label: values(runs, label, accuracy) for label in KINDS}
    sooner = {label: values(runs, label, epochs_to_level) for label in KINDS}
    (slope,) = (run.extra for run in runs if run.label == "certain and wrong")
    squared = ("squared error", "squared error of softmax")
    ce = "cross-entropy"
    return under_conditions(
        "what cross-entropy has over the others in sorting into ten classes",
        {
            **{
                f"it is sooner at 95 % than {label}": above(
                    f"{label} - {ce}, epochs to 95 % validation accuracy", paired(sooner[label], sooner[ce])
                )
                for label in squared
            },
            **{
                f"it ends above {label}": above(f"{ce} - {label}, points of test accuracy", paired(of[ce], of[label]))
                for label in squared
            },
            "ten binary questions do as well": within(
                f"binary {ce} - {ce}, points of test accuracy", paired(of[f"binary {ce}"], of[ce]), ALIKE
            ),
            "squared error of sigmoid or softmax has no slope where a network is certain and wrong": exact(
                "steepest slope", [slope[f"squared error of {output}"] for output in ("sigmoid", "softmax")], ROUNDING
            ),
            "cross-entropy has its steepest one there": exact(
                "distance of its slope from 1", [abs(slope[ce] - 1)], ROUNDING
            ),
        },
    )


def label_noise(runs: list[Run]) -> Verdict:
    """Does a loss that is gentler to examples far off bear wrong labels better than cross-entropy?"""
    ce, *gentle = NOISY
    of = {label: values(runs, label, accuracy) for label in ARMS}
    return under_conditions(
        "what gentler losses gain over cross-entropy; validation labels are true",
        {
            f"{name} is better at {percent(share)} wrong labels": above(
                f"{name} - {ce}, points of test accuracy", paired(of[arm(name, share)], of[arm(ce, share)])
            )
            for name in gentle
            for share in SHARES
        },
    )
