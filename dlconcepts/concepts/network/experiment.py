"""The experiment of the concept `network`: arms, what is measured, what is judged."""

# Over 200 lines, and one thing: eight statements, each judged with its conditions. Figure and probes are elsewhere.

from dataclasses import replace
from itertools import pairwise

import torch
from matplotlib.figure import Figure
from torch import nn

from ...evidence.judge import above, accuracy, below, exact, paired, under_conditions, values
from ...evidence.records import Run, Verdict
from ...images.data_set import CLASSES, SIDE, Data
from ...manual.backprop import Params, forward
from ...manual.network import Layer, unstack
from ...training import everyday_torch
from ...training.budget import steps
from ...training.setting import Setting
from ...training.stacks import Model
from ...training.train import train
from ..shared.inside_network import share_right
from ..shared.small_network import WIDTHS, four_numbers, layers, parameters_expected, shown_pass, train_small
from ..shared.train_and_eval_modes import answers_changed
from .coupling import missing, unreached, within_a_layer
from .equal_parameters import equally_many, parameters
from .figure import alt as alt
from .figure import draw_panels, title
from .small_network_facts import REACHED, facts

BASE = Setting(batch_size=128, epochs=2, schedule="cosine", initial="he normal", lr=0.3)
DEPTHS, ONE_LAYER = (1, 2, 4, 8), (16, 36, 75)  # hidden layers; the width of a single one
COUNTS = tuple(parameters(SIDE * SIDE, (width,), CLASSES) for width in ONE_LAYER)
SHAPES = {count: {depth: equally_many(count, depth, SIDE * SIDE, CLASSES) for depth in DEPTHS} for count in COUNTS}


def named(hidden: tuple[int, ...]) -> str:
    """The arm's label: so many layers, so many units each."""
    return f"{len(hidden)} x {hidden[0]} units"


GRID = {count: {depth: named(hidden) for depth, hidden in shapes.items()} for count, shapes in SHAPES.items()}
DEEP = {named(hidden): replace(BASE, hidden=hidden) for shapes in SHAPES.values() for hidden in shapes.values()}
ONE = replace(BASE, hidden=(32,))
MODES = {
    "plain": ONE,
    "dropout": replace(ONE, dropout=0.5),
    "batch norm": replace(ONE, normalization="batch norm"),
    "layer norm": replace(ONE, normalization="layer norm"),
}
ARMS = DEEP | MODES
RATES = {1: (0.1, 0.2, 0.4, 0.8, 1.6)}  # a single hidden layer takes larger steps than several
TUNED = {label: ("lr", RATES.get(len(arm.hidden), (0.03, 0.1, 0.2, 0.4, 0.8))) for label, arm in DEEP.items()}
SMALL = "4-4-5-6-4-3-3"
ROUNDING = 1e-12  # passes through six layers in float64
SAME = 0.5  # percentage points of accuracy below which we call nothing gained
CHANGED = 0.001  # the share of other answers below which two ways to ask are called the same
HEARD = 0.01  # the share of slopes from other units from which units of a layer may be called connected


def measure(arms: dict[str, Setting], data: Data, seeds: list[int], **options) -> list[Run]:
    """Trains the arms, and for each seed the small network; asks both what the statements are about."""

    def observe(model: Model, network: list[Layer], params: Params, data: Data) -> dict:
        if model.label not in MODES or model.setting.filters:
            return {}
        setting, x = model.setting, data.test.x
        found = {"changed": answers_changed(network, params, setting, model.seed, x, setting.batch_size)}
        if model.label == "plain" and setting.normalization == "none":
            z, _ = forward(network[:1], params[:1], x)
            found |= {
                "missing": missing(params),
                "unreached": unreached(network[:-1], params, data.train.x[:REACHED]),
                "within a layer": within_a_layer(z),
            }
        return found

    return [*train(arms, seeds, data, observe=observe, **options), *small_networks(data, seeds)]


def small_networks(data: Data, seeds: list[int]) -> list[Run]:
    """The trained small networks, one per seed; the first seed's numbers are drawn."""
    parts, network = four_numbers(data), layers()
    stacked, losses = train_small(network, seeds, parts["train"])
    found = []
    for m, seed in enumerate(seeds):
        params = unstack(stacked, m)
        final = {"test accuracy": share_right(network, params, parts["test"])}
        extra = facts(network, params, parts) | ({"drawn": shown_pass(data, network, params)} if m == 0 else {})
        found.append(Run(SMALL, seed, curves={"loss": losses[:, m].tolist()[::50]}, final=final, extra=extra))
    return found


def verdicts(runs: list[Run]) -> dict[str, Verdict]:
    """The statements of the glossary on networks, judged."""
    small = [run for run in runs if run.label == SMALL]
    return {
        "network.input-layer": input_layer(small),
        "network.article-net": article_net(small),
        "network.input-shape": input_shape(small),
        "network.output-range": output_range(small),
        "network.fully-connected": fully_connected(runs, small),
        "network.same-layer": same_layer(runs),
        "network.forward-inference": forward_inference(runs),
        "network.depth-width": depth_width(runs),
    }


def input_layer(small: list[Run]) -> Verdict:
    expected = parameters(WIDTHS[0], WIDTHS[1:-1], WIDTHS[-1])
    return under_conditions(
        "what happens to the inputs before the first hidden layer's sums",
        {
            "they arrive as they are": exact("largest change", each(small, "input changed"), 0),
            "no layer comes before": exact("layers", each(small, "layers before"), 0),
            "all parameters belong to hidden and output units": exact(
                "parameters left over", [abs(sum(n) - expected) for n in each(small, "parameters by layer")], 0
            ),
        },
    )


def each(runs: list[Run], name: str) -> list:
    """A number of each run."""
    return [run.extra[name] for run in runs]


def article_net(small: list[Run]) -> Verdict:
    weights, biases = parameters_expected()
    gain = [accuracy(run) - 100 * run.extra["most frequent"] for run in small]
    return under_conditions(
        "4 inputs, hidden layers of 4, 5, 6, 4 and 3 units, 3 outputs",
        {
            f"{weights} weights": exact("weights amiss", [abs(n - weights) for n in each(small, "weights")], 0),
            f"{biases} biases": exact("biases amiss", [abs(n - biases) for n in each(small, "biases")], 0),
            "torch.nn's outputs and gradients": exact(
                "largest difference, float64", each(small, "off torch"), ROUNDING
            ),
            "it learns": above("points of test accuracy over always naming the most frequent digit", gain),
        },
    )


def input_shape(small: list[Run]) -> Verdict:
    """The statement asks for (1, 4, 1) and (100, 4, 1): whose convention is that?"""

    def part(convention: str) -> Verdict:
        return exact("of the two shapes, refused", [f[convention]["(N, 4, 1)"] for f in each(small, "refusals")], 0)

    return under_conditions(
        "is (1, 4, 1) taken for one sample and (100, 4, 1) for a hundred, and understood as x W + b",
        {
            "torch.nn.Linear, a row per sample": part("torch.nn.Linear"),
            "our linear, a row per sample": part("linear, by hand"),
            "W x as on paper, a column per sample": part("column per sample"),
            "a convolution, a channel per input": part("channels of a convolution"),
        },
    )


def output_range(small: list[Run]) -> Verdict:
    found = each(small, "ranges")
    return under_conditions(
        "how many values come out, and in which range",
        {
            "one value for each unit: 1, 3 and 10": exact("values amiss", each(small, "outputs amiss"), 0),
            "sigmoid: from 0 to 1": exact("share outside", [f["sigmoid outside"] for f in found], 0),
            "tanh: from -1 to 1": exact("share outside", [f["tanh outside"] for f in found], 0),
            "softmax: from 0 to 1 with sum 1": exact("farthest from it", [f["softmax off"] for f in found], ROUNDING),
            "no function: outside of 0 to 1, too": above("share outside", [f["identity outside"] for f in found]),
        },
    )


def fully_connected(runs: list[Run], small: list[Run]) -> Verdict:
    large = [run for run in runs if run.label == "plain" and run.status == "ok"]
    parts = {}
    for name, mine in [("the small network", small), ("784-32-10 units of ReLU", large)]:
        parts |= {
            f"{name}: a weight for every pair of units": exact(
                "weights that are exactly 0", [run.extra.get("missing") for run in mine], 0
            ),
            f"{name}: every input reaches every output": exact(
                "pairs with no slope at any digit", [run.extra.get("unreached") for run in mine], 0
            ),
        }
    return under_conditions("is every unit connected to every unit of the next layer", parts)


def same_layer(runs: list[Run]) -> Verdict:
    metric = "share of a unit's slopes that come from other units of its layer"

    def part(name: str) -> Verdict:
        shares = values(runs, "plain", lambda run: run.extra.get("within a layer", {}).get(name))
        return above(metric, shares.values(), HEARD)

    return under_conditions(
        metric,
        {
            "nine activation functions, unit by unit": part("activations"),
            "batch norm": part("batch norm"),
            "layer norm": part("layer norm"),
            "softmax": part("softmax"),
        },
    )


def forward_inference(runs: list[Run]) -> Verdict:
    metric = "share of test digits that get another answer in training mode"
    return under_conditions(
        metric,
        {
            label: below(metric, values(runs, label, lambda r: r.extra.get("changed")).values(), CHANGED)
            for label in MODES
        },
    )


def depth_width(runs: list[Run]) -> Verdict:
    """At so many parameters, do more layers gain on a single wide one? And at one layer, do more units?"""
    of = {label: values(runs, label, accuracy) for label in DEEP}
    metric = "points of test accuracy"
    deeper = {
        f"about {round(count, -3):,} parameters: {depth} hidden layers gain on 1": above(
            f"{labels[depth]} - {labels[1]}, {metric}", paired(of[labels[depth]], of[labels[1]]), SAME
        )
        for count, labels in GRID.items()
        for depth in DEPTHS[1:]
    }
    wider = {
        f"{depth} hidden layer{'s' * (depth > 1)}: about {b / a:.1f} times the parameters gain": above(
            f"{GRID[b][depth]} - {GRID[a][depth]}, {metric}", paired(of[GRID[b][depth]], of[GRID[a][depth]]), SAME
        )
        for depth in DEPTHS
        for a, b in [(COUNTS[0], COUNTS[-1])]
    }
    return under_conditions("what depth and width buy", deeper | wider)


def draw(figure: Figure, runs: list[Run], found: dict[str, Verdict]) -> None:
    """The small network, forward and backward, and accuracy by depth at equal numbers of parameters."""
    draw_panels(figure, runs, title(found), SMALL, GRID)


def in_torch(data: Data, setting: Setting, seed: int = 0) -> list[float]:
    """The same training as one writes it every day in torch: the loss of each step."""
    widths = [data.train.x.shape[1], *setting.hidden, CLASSES]
    parts = [part for I, O in pairwise(widths) for part in (nn.Linear(I, O), nn.ReLU())]
    model = everyday_torch.begin(nn.Sequential(*parts[:-1]), setting, data, seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=setting.lr)
    schedule = everyday_torch.scheduler(optimizer, setting, steps(setting, data))
    return everyday_torch.fit(
        model, nn.functional.cross_entropy, optimizer, everyday_torch.examples(data, setting, seed), schedule
    )
