"""What is judged: inputs, shapes, ranges, connections, modes, and what depth and width buy."""

from ...evidence.judge import above, accuracy, below, exact, paired, under_conditions, values
from ...evidence.records import Run, Verdict
from ..shared.small_network import WIDTHS, parameters_expected
from .arms import COUNTS, DEEP, DEPTHS, GRID, MODES, SMALL
from .equal_parameters import parameters

ROUNDING = 1e-12  # passes through six layers in float64
SAME = 0.5  # percentage points of accuracy below which we call nothing gained
CHANGED = 0.001  # the share of other answers below which two ways to ask are called the same
HEARD = 0.01  # the share of slopes from other units from which units of a layer may be called connected


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
    parts: dict[str, Verdict] = {}
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
