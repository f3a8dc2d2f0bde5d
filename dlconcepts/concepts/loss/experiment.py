"""The experiment of the concept `loss`: arms, what is measured, what is judged."""

# Over 200 lines, and one thing: the statements, each judged with its conditions. Figure and probes are elsewhere.

from dataclasses import replace

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, l1_loss, mse_loss, one_hot

from ...evidence.judge import above, accuracy, below, exact, paired, under_conditions, values, within
from ...evidence.records import Run, Verdict
from ...images.data_set import CLASSES, Data
from ...manual.backprop import Params, forward
from ...manual.network import Layer
from ...training import everyday_torch
from ...training.budget import steps
from ...training.build import as_target
from ...training.setting import Setting
from ...training.stacks import Model
from ...training.train import train
from .figure import draw_panels
from .loss_and_cost import parts_and_whole
from .saturation import steepest_when_certain

BASE = Setting(hidden=(128,), examples=20_000, epochs=8, schedule="cosine")
KINDS = {
    "cross-entropy": BASE,
    "binary cross-entropy": replace(BASE, loss="binary cross-entropy on logits"),
    "squared error": replace(BASE, loss="mean squared error"),
    "squared error of softmax": replace(BASE, loss="mean squared error", output="softmax"),
    "absolute error of softmax": replace(BASE, loss="mean absolute error", output="softmax"),
}
NOISY = ("cross-entropy", "squared error of softmax", "absolute error of softmax")  # one output, three losses
SHARES = (0.0, 0.2, 0.4)  # of the training labels exchanged for another class


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def arm(name: str, share: float) -> str:
    """The label of a loss at a share of wrong labels."""
    return f"{name}, {percent(share)} wrong labels" if share else name


ARMS = KINDS | {arm(name, share): replace(KINDS[name], label_noise=share) for name in NOISY for share in SHARES[1:]}
GRIDS = {  # steps of 2 and 2.5: half decades cost some losses half a point. A softmax's squares have small slopes
    "cross-entropy": (0.1, 0.2, 0.5, 1.0, 2.0),
    "binary cross-entropy": (1.0, 2.0, 5.0, 10.0, 20.0),
    "squared error": (0.5, 1.0, 2.0, 5.0, 10.0),
    "squared error of softmax": (2.0, 5.0, 10.0, 20.0, 50.0),
    "absolute error of softmax": (2.0, 5.0, 10.0, 20.0, 50.0),
}
TUNED = {label: ("lr", GRIDS[label.split(",")[0]]) for label in ARMS}

CERTAIN = 40.0  # the score of a wrong class, where all others have -40
ROUNDING = 1e-12  # sums of thousands of float64 numbers
ALIKE = 0.5  # percentage points of accuracy below which we call nothing gained
CLOSE = 0.1  # the relative error up to which a mini-batch's gradient may stand for the cost's
LEVEL = 0.95  # the validation accuracy that a fast loss reaches first
PART = 5_000  # examples whose gradients are compared, in batches of 64 and a last one of 8


def measure(arms: dict[str, Setting], data: Data, seeds: list[int], **options) -> list[Run]:
    """Trains the arms; cross-entropy's models are asked how far mini-batches' gradients are from the cost's."""

    def observe(model: Model, network: list[Layer], params: Params, data: Data) -> dict:
        z, _ = forward(network[:-1], params, data.test.x)
        found = {"digits never predicted": CLASSES - len(z.argmax(-1).unique())}
        if model.label == "cross-entropy":
            x, y = data.train.x[:PART], data.train.y[:PART]
            found["gradients"] = parts_and_whole(network, params, x, as_target(y, x, model.setting), BASE.batch_size)
        return found

    return [*train(arms, seeds, data, observe=observe, **options), Run("certain and wrong", 0, extra=certain_slopes())]


def certain_slopes() -> dict[str, float]:
    """The steepest slope of each loss by the scores of a network that is certain of the wrong class."""
    kinds = KINDS | {"squared error of sigmoid": replace(KINDS["squared error"], output="sigmoid")}
    return {name: steepest_when_certain(setting, CERTAIN, CLASSES) for name, setting in kinds.items()}


def epochs_to_level(run: Run) -> int:
    """The first epoch with the validation accuracy LEVEL; one more than there were where none had it."""
    reached = [value >= LEVEL for value in run.curves["validation accuracy"]]
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


def draw(figure: Figure, runs: list[Run], found: dict[str, Verdict]) -> None:
    """Losses and their slopes, how networks learn with them, and what wrong labels do."""
    noisy = {name: {share: arm(name, share) for share in SHARES} for name in NOISY}
    draw_panels(figure, runs, title(found), KINDS, noisy)


def title(found: dict[str, Verdict]) -> str:
    """The finding, as the verdict has it."""
    parts = found["loss.label-noise"].parts
    true, wrong = (f"{percent(share)} wrong labels" for share in (SHARES[0], SHARES[-1]))
    clean, noisy = (parts[f"{NOISY[1]} is better at {share}"] for share in (true, wrong))
    if clean.effect is None or noisy.effect is None:
        return "Losses and wrong labels: not shown, a model diverged"
    if (clean.outcome, noisy.outcome) == ("refuted", "supported"):
        return "Cross-entropy wins with true labels, squared error of softmax with wrong ones"
    return f"Squared error of softmax, {wrong}: {noisy.effect:+.1f} points ({noisy.outcome})"


def alt(found: dict[str, Verdict]) -> str:
    """The figure in words, for those who do not see it."""
    return (
        f"{title(found)}. Three panels: each loss and its slope against the score of the true answer; validation "
        "accuracy by epoch under cross-entropy, binary cross-entropy, squared error and absolute error; and test "
        "accuracy of each network against the share of wrong training labels for cross-entropy, squared and absolute "
        "error of softmax; some networks of absolute error never predict some digit."
    )


def in_torch(data: Data, setting: Setting, seed: int = 0) -> list[float]:
    """The same training as one writes it every day in torch: the loss of each step."""
    layers = [nn.Linear(data.train.x.shape[1], *setting.hidden), nn.ReLU(), nn.Linear(*setting.hidden, CLASSES)]
    outputs = {"fitting": [], "sigmoid": [nn.Sigmoid()], "softmax": [nn.Softmax(dim=-1)]}
    model = everyday_torch.begin(nn.Sequential(*layers, *outputs[setting.output]), setting, data, seed)
    compare = {
        "binary cross-entropy on logits": binary_cross_entropy_with_logits,
        "mean squared error": mse_loss,
        "mean absolute error": l1_loss,
    }.get(setting.loss)

    def by_rows(z: Tensor, y: Tensor) -> Tensor:
        return compare(z, one_hot(y, CLASSES).to(z))

    optimizer = torch.optim.SGD(model.parameters(), lr=setting.lr)
    schedule = everyday_torch.scheduler(optimizer, setting, steps(setting, data))
    return everyday_torch.fit(
        model, by_rows if compare else cross_entropy, optimizer, everyday_torch.examples(data, setting, seed), schedule
    )
