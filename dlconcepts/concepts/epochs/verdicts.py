"""What is judged: what an epoch is, whether training settles, what its last epochs are worth."""

from collections.abc import Callable
from itertools import pairwise
from math import ceil

from ...evidence.judge import above, below, exact, paired, under_conditions, values
from ...evidence.records import Run, Verdict
from .arms import ALL, COUNTED, FEW, SIZES

END = 0.2  # the share of the epochs that we call the end of a training
SETTLED = 0.01  # of the whole way: what moves on by less than that in the end has settled
TURNED = 0.05  # above its lowest value by more than that, a loss has not settled there
BY_HEART = 0.999  # the share of training digits that a network must get right to know them by heart
WORTH = 5  # epochs: saving fewer is not worth the looking


def in_the_end(way: list[float]) -> float:
    """The share of a way, given as its pieces by epoch, that is made at the end of the training; 0 of none."""
    return sum(way[-max(1, round(END * len(way))) :]) / (sum(way) or 1.0)


def changes(curve: list[float]) -> list[float]:
    """How far a curve moves from each epoch to the next."""
    return [abs(b - a) for a, b in pairwise(curve)]


def rise(run: Run) -> float:
    """How far the last validation loss lies above the lowest one, as a share of that."""
    loss = run.curve("validation loss")
    return loss[-1] / min(loss) - 1


def length(run: Run) -> int:
    """How many epochs it took, those in which early stopping waited among them."""
    return len(run.curves["validation loss"])


def verdicts(runs: list[Run]) -> dict[str, Verdict]:
    """The statements of the glossary on epochs, judged."""
    return {
        "epochs.definition": under_conditions("what one epoch consists of", definition(runs)),
        "epochs.convergence": under_conditions(
            "does it settle, after many epochs on 1,000 digits",
            {
                "the training loss": below(
                    "share of its whole way in the last fifth of the epochs",
                    values(runs, FEW, lambda run: in_the_end(changes(run.curve("training loss")))).values(),
                    SETTLED,
                ),
                "the weights": below(
                    "share of their whole way in the last fifth of the epochs",
                    values(runs, FEW, lambda run: in_the_end(run.curve("distance moved"))).values(),
                    SETTLED,
                ),
                "the validation loss, at its lowest": below(
                    "last above lowest, share of the lowest", values(runs, FEW, rise).values(), TURNED
                ),
            },
        ),
        "epochs.overfitting": under_conditions(
            "the last epoch against the one that early stopping keeps",
            {name: part for digits in (FEW, ALL) for name, part in overfitting(runs, digits).items()},
        ),
    }


def definition(runs: list[Run]) -> dict[str, Verdict]:
    """One epoch: what is counted against what it should be."""
    found = {B: [run.extra for run in runs if run.label == f"counted, batches of {B}"] for B in SIZES}
    shown = [abs(extra[end] - 1) for extras in found.values() for extra in extras for end in ("least", "most")]
    steps = {
        what: [abs(extra[what] - ceil(COUNTED / B)) for B, extras in found.items() for extra in extras]
        for what in ("forward", "backward", "updates")
    }
    return {
        "each example is shown once": exact("times more or less", shown, 0),
        "as many forward passes, backward passes and updates as batches": exact(
            "more or less of them", [number for numbers in steps.values() for number in numbers], 0
        ),
        "one forward pass, all examples in one batch": exact(
            "passes beyond the first", [extra["forward"] - 1 for extra in found[COUNTED]], 0
        ),
        f"one forward pass, batches of {SIZES[0]}": exact(
            "passes beyond the first", [extra["forward"] - 1 for extra in found[SIZES[0]]], 0
        ),
    }


def overfitting(runs: list[Run], digits: str) -> dict[str, Verdict]:
    """Is the last epoch worse than the one of the lowest validation loss, and what does stopping save?"""

    def more(get: Callable[[Run], float]) -> list[float | None]:
        """What training to the end has more than stopping."""
        return paired(values(runs, digits, get), values(runs, f"{digits}, stopped", get))

    known = values(runs, digits, lambda run: run.extra["training accuracy"])
    return {
        f"{digits}: learned by heart": above("share of training digits that are right", known.values(), BY_HEART),
        f"{digits}: a higher test loss in the end": above("end - stopped", more(lambda run: run.number("test loss"))),
        f"{digits}: a lower test accuracy in the end": below(
            "end - stopped, points", more(lambda run: 100 * run.number("test accuracy"))
        ),
        f"{digits}: stopping saves epochs": above("epochs saved", more(length), WORTH),
    }
