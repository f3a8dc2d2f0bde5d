"""The experiment of the concept `normalization`: arms, what is measured, what is judged."""

from dataclasses import replace

import torch
from matplotlib.figure import Figure
from torch import nn

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
from ..shared.train_and_eval_modes import in_company
from .figure import alt as alt
from .figure import draw_panels, title
from .histograms import before_and_after, shares
from .scaled_pixels import range_of_pixels
from .working_rates import decades, working

BASE = Setting(hidden=(128,), schedule="cosine", epochs=1)  # one epoch: what is faster is ahead after a short time
# Two rates to share: Setting's default, which suits pixels from 0 to 1, and one that suits those from 0 to 255.
SHARED, SMALL, OWN = "shared rate", "small shared rate", "own rate"
LR = {SHARED: 0.1, SMALL: 0.001, OWN: 0.1}  # each own one is tuned
FORMS = ("0 to 255", "0 to 1", "standardized")
CLEAN = ("min-max by pixel", "standardized by pixel")
GLITCHES = ("glitches, min-max by pixel", "glitches, standardized by pixel", "glitches, quantiles by pixel")
LAYERS = {"no norm": "none", "batch norm": "batch norm", "layer norm": "layer norm"}
LABELS = {(form, rate): f"{form}, {rate}" for form in FORMS + GLITCHES for rate in (SHARED, OWN)}
LABELS |= {(form, rate): f"{form}, {rate}" for rate, forms in [(SMALL, FORMS), (OWN, CLEAN)] for form in forms}
ARMS = {label: replace(BASE, inputs=form, lr=LR[rate]) for (form, rate), label in LABELS.items()} | {
    name: replace(BASE, normalization=norm) for name, norm in LAYERS.items()
}
GRID = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
TUNED = {label: ("lr", GRID) for label in ARMS if label.endswith(OWN)}
TUNED[LABELS[GLITCHES[0], OWN]] = ("lr", (*GRID[3:], 10.0, 30.0))  # most of its pixels are 16 times smaller
RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
SAME = 0.5  # percentage points of accuracy below which we call nothing gained
MORE = dict.fromkeys(LAYERS, len(RATES))
USABLE = 1.0  # a learning rate works if it costs at most so many points against the best one
WIDER = 0.25  # decades: less than a step of the grid of rates
ROUNDING = 1e-12  # a few float64 operations, or one product with 784 terms
BATCH = 4  # so small a batch has statistics of its own
CHANGE = 0.01  # of an output, or of all answers, from which a difference may be called one
LOOKED_AT = 1000  # examples for the histograms and the modes
BINS, EDGE = 40, 4.0  # of the histograms; where those of weighted sums end
BY_HAND = "scaled by hand"


def measure(arms: dict[str, Setting], data: Data, seeds: list[int], **options) -> list[Run]:
    """Trains the arms, then those with and without a normalization layer at every rate; scales the pixels by hand."""

    def observe(model: Model, network: list[Layer], params: Params, data: Data) -> dict:
        found = in_company(network, params, data.test.x[:LOOKED_AT], BATCH) if model.label in LAYERS else {}
        return found | (histograms(model, network, params, data) if model.seed == seeds[0] else {})

    runs = train(arms, seeds, data, observe=observe, **options)
    return runs + ranges(arms, data, seeds, options) + [Run(BY_HAND, 0, extra=range_of_pixels(data))]


def histograms(model: Model, network: list[Layer], params: Params, data: Data) -> dict:
    """The spread of the pixels in the forms with glitches, and of a normalization layer's input and output."""
    if LAYERS.get(model.label, "none") != "none" and model.setting.hidden:
        sums = before_and_after(network, params, data.test.x[:LOOKED_AT])
        return dict(zip(("before", "after"), (shares(z, -EDGE, EDGE, BINS) for z in sums), strict=True))
    return {"pixels": shares(data.train.x[:LOOKED_AT], 0, 1, BINS)} if model.label.endswith(f"pixel, {OWN}") else {}


def ranges(arms: dict[str, Setting], data: Data, seeds: list[int], options: dict) -> list[Run]:
    """For each kind of layer and seed the validation accuracy at every rate, in percent; None where it diverged."""
    at = {f"{name} at {lr:g}": replace(arms[name], lr=lr) for name in LAYERS for lr in RATES}
    found = {(run.label, run.seed): run for run in train(at, seeds, data, **options)}

    def reached(name: str, lr: float, seed: int) -> float | None:
        run = found[f"{name} at {lr:g}", seed]
        return 100 * run.curves["validation accuracy"][-1] if run.status == "ok" else None

    return [
        Run(f"{name}, all rates", seed, extra={"accuracy": [reached(name, lr, seed) for lr in RATES]})
        for name in LAYERS
        for seed in seeds
    ]


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
    extra = {
        (name, what): values(runs, name, lambda run, what=what: run.extra[what]).values()
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
            "networks that took it", [v if v is None else 1.0 - v for v in extra["batch norm", "refuses one"]], 0.0
        ),
        "layer norm: takes it": exact(
            "networks that refused", [v if v is None else float(v) for v in extra["layer norm", "refuses one"]], 0.0
        ),
        "batch norm: in training the others of a batch matter": above(
            "relative change of an example's outputs", extra["batch norm", "company"], CHANGE
        ),
        "layer norm: they do not": exact("relative change", extra["layer norm", "company"], ROUNDING),
        f"batch norm: batches of {BATCH} in training mode answer otherwise": above(
            "share of test digits with another answer", extra["batch norm", "changed"], CHANGE
        ),
        "layer norm: the same answers": exact("share of test digits", extra["layer norm", "changed"], 0.0),
    }


def draw(figure: Figure, runs: list[Run], found: dict[str, Verdict]) -> None:
    """Numbers before and after, what scaling gains at one rate and at each one's own, and the rates that work."""
    draw_panels(figure, runs, title(found), RATES, USABLE, EDGE)


def in_torch(data: Data, setting: Setting, seed: int = 0) -> list[float]:
    """The same training as one writes it every day in torch: the loss of each step."""
    norm = {"none": nn.Identity, "batch norm": nn.BatchNorm1d, "layer norm": nn.LayerNorm}[setting.normalization]
    (H,) = setting.hidden
    hidden = nn.Linear(data.train.x.shape[1], H, bias=setting.normalization != "batch norm")
    scaled = norm(H).to(data.train.x.dtype)
    model = everyday_torch.begin(nn.Sequential(hidden, scaled, nn.ReLU(), nn.Linear(H, CLASSES)), setting, data, seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=setting.lr)
    schedule = everyday_torch.scheduler(optimizer, setting, steps(setting, data))
    shown = everyday_torch.examples(data, setting, seed)
    return everyday_torch.fit(model, nn.functional.cross_entropy, optimizer, shown, schedule)
