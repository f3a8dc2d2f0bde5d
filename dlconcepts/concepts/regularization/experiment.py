"""The experiment of the concept `regularization`: arms, what is measured, what is judged."""

# Over 200 lines, and one thing: the statements, each judged with its conditions. Figure and probes are elsewhere.

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn

from ...evidence.judge import above, accuracy, exact, paired, under_conditions, values
from ...evidence.records import Run, Verdict
from ...images.data_set import CLASSES, Data
from ...manual.backprop import Params
from ...manual.network import Layer
from ...training import everyday_torch
from ...training.budget import steps
from ...training.setting import Setting
from ...training.stacks import Model
from ...training.train import train
from ..shared.inside_network import share_right
from .figure import draw_panels
from .penalty_pull import facts as penalty_facts
from .penalty_pull import flat, histogram, norms, zeros

BASE = Setting(hidden=(128,), examples=1_000, batch_size=50, epochs=24, schedule="cosine", lr=0.5)
STRONG = 0.001  # an L1 penalty that leaves most weights no use
WAYS = {
    "L1": replace(BASE, l1=3e-4),
    "L2": replace(BASE, l2=3e-3),
    "elastic net": replace(BASE, l1=1e-4, l2=1.5e-3),
    "weight decay": replace(BASE, weight_decay=3e-3),
    "early stopping": replace(BASE, patience=5),
    "dropout": replace(BASE, dropout=0.5),
    "label smoothing": replace(BASE, label_smoothing=0.2),
    "shifted images": replace(BASE, shift=1),
}
PLAIN, PROXIMAL = "strong L1, plain steps", "strong L1, proximal steps"
ARMS = {
    "none": BASE,
    **WAYS,
    PLAIN: replace(BASE, l1=STRONG),
    PROXIMAL: replace(BASE, proximal_l1=STRONG),
}
SQUARES, SHARES = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2), (0.1, 0.2, 0.35, 0.5, 0.7)
TUNED = {
    "none": ("lr", (0.1, 0.2, 0.5, 1.0, 2.0)),  # a test holds the others to what is found here
    "L1": ("l1", (3e-5, 1e-4, 3e-4, 1e-3, 3e-3)),
    "L2": ("l2", SQUARES),
    "elastic net": ("l1", (3e-5, 1e-4, 3e-4, 1e-3, 3e-3)),
    "weight decay": ("weight_decay", SQUARES),
    "dropout": ("dropout", SHARES),
    "label smoothing": ("label_smoothing", SHARES),
    "shifted images": ("shift", (1, 2, 3)),
}
ROUNDING = 1e-12  # sums over 100,000 float64 weights
LAMBDA = 0.01  # any will do where formulas are compared
SPARSE = 0.01  # the share of exact zeros from which a penalty may be said to make weights zero
EDGE, BINS = 0.15, 61  # of the histograms: an odd number has 0 in the middle


def measure(arms: dict[str, Setting], data: Data, seeds: list[int], **options) -> list[Run]:
    """Trains the arms; each model is asked for its accuracy on its own training digits and for its exact zeros."""

    def observe(model: Model, network: list[Layer], params: Params, data: Data) -> dict:
        w = flat(params)
        found = {"training accuracy": share_right(network, params, data.train), "zeros": zeros(w)}
        if model.label in (PLAIN, PROXIMAL):
            found |= {"histogram": histogram(w, EDGE, BINS), "exact zeros": int((w == 0).sum())}
        if model.label == "none" and model.setting.normalization != "batch norm":  # whose gradient is of another kind
            found["penalty"] = penalty_facts(network, params, data.train.x, data.train.y, LAMBDA)
        return found

    return train(arms, seeds, data, observe=observe, **options)


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
        return exact(metric, [found and get(found) for found in facts], ROUNDING)

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


def draw(figure: Figure, runs: list[Run], found: dict[str, Verdict]) -> None:
    """Accuracy on training and test digits by way, the loss by epoch, the weights under a strong L1 penalty."""
    draw_panels(figure, runs, title(found), list(WAYS), (PLAIN, PROXIMAL), EDGE)


def title(found: dict[str, Verdict]) -> str:
    """The finding, as the verdict has it."""
    parts = found["regularization.overcomes"].parts
    better = {way: parts[f"{way}: more test digits right"] for way in WAYS}
    if any(part.effect is None for part in better.values()):
        return "Regularization: not shown, a model diverged"
    best = max(better, key=lambda way: better[way].effect)
    helped = sum(part.outcome == "supported" for part in better.values())
    if not helped:
        return "With 1,000 digits no way of regularizing is shown to help"
    gain = f"{better[best].effect:+.1f} points of test accuracy"
    return f"Against over-fitting {helped} of {len(WAYS)} ways help, {best} most: {gain}"


def alt(found: dict[str, Verdict]) -> str:
    """The figure in words, for those who do not see it."""
    return (
        f"{title(found)}. Three panels: accuracy on training and on test digits for each way, the gap a line between "
        "the two; training and validation loss by epoch without regularization, with early stopping and with shifted "
        "images; and histograms of the weights under a strong L1 penalty, by plain and by proximal steps."
    )


def in_torch(data: Data, setting: Setting, seed: int = 0) -> list[float]:
    """The same training as one writes it every day in torch: the loss of each step, without the penalty.

    Not what torch has no ready form of: proximal steps, early stopping, and dropout with our masks.
    """
    widths = [data.train.x.shape[1], *setting.hidden, CLASSES]
    layers = [part for I, O in pairwise(widths) for part in (nn.Linear(I, O), nn.ReLU())]
    model = everyday_torch.begin(nn.Sequential(*layers[:-1]), setting, data, seed)
    weights = [p for p in model.parameters() if p.ndim > 1]

    def penalty() -> Tensor:
        l1, squares = (sum(norm(p).sum() for p in weights) for norm in (torch.abs, torch.square))
        return setting.l1 * l1 + setting.l2 / 2 * squares

    optimizer = torch.optim.SGD(model.parameters(), lr=setting.lr, weight_decay=setting.weight_decay)
    schedule = everyday_torch.scheduler(optimizer, setting, steps(setting, data))
    loss_of = nn.CrossEntropyLoss(label_smoothing=setting.label_smoothing)
    return everyday_torch.fit(
        model, loss_of, optimizer, everyday_torch.examples(data, setting, seed), schedule, penalty
    )
