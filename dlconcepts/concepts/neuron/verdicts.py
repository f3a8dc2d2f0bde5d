"""What is judged: sums, biases, sizes of weights, falling losses, and which connections are missed."""

from collections.abc import Callable

from ...evidence.judge import above, accuracy, below, exact, extra, paired, under_conditions, values
from ...evidence.records import Run, Verdict
from .arms import ALL_AT_ONCE, KINDS, WATCHED, without_biases
from .removed_connections import SHARES

FEW, HALF, MOST = 0.01, 0.5, 0.9  # shares of the connections
ROUNDING = 1e-12  # sums of 784 products in float64
EACH = 0.99  # "every unit", "all weights", "each step": but for one in a hundred
STRONG = 0.8  # a rank correlation from which on one may read one thing for the other
NEAR = 0.1  # a tenth of the rest or less: next to nothing
SAME = 0.5  # points of accuracy that are called nothing
WORSE = 1.0  # points of accuracy that are called something
Get = Callable[[Run], float | None]


def of(runs: list[Run], get: Get, label: str = WATCHED) -> list[float | None]:
    """A number of each of an arm's runs; None where a run has nothing of the kind."""

    def number(run: Run) -> float | None:
        try:
            return get(run)
        except (KeyError, IndexError):
            return None

    return list(values(runs, label, number).values())


def verdicts(runs: list[Run]) -> dict[str, Verdict]:
    """The statements of the glossary on neurons, judged."""
    judged = {
        "neuron.weighted-sum": ("an input a weight, and one bias", weighted_sum),
        "neuron.bias-zero-input": ("what a bias is good for", bias_zero_input),
        "neuron.bias-intercept": ("is a bias the intercept, and a constant", bias_intercept),
        "neuron.brings-down": ("share of weights whose size is below 1", brings_down),
        "neuron.training-lowers-loss": ("does the loss fall", training_lowers_loss),
        "neuron.magnitude-influence": ("does a larger weight have more influence", magnitude_influence),
        "neuron.near-zero-no-effect": ("may what is near 0 be missing", near_zero_no_effect),
        "neuron.negative-decreases": ("does a negative weight lower what comes after", negative_decreases),
    }
    return {name: under_conditions(metric, judge(runs)) for name, (metric, judge) in judged.items()}


def weighted_sum(runs: list[Run]) -> dict[str, Verdict]:
    def off(name: str) -> list[float | None]:
        return of(runs, lambda run: run.extra["sums"][name])

    return {
        "sums of products by hand": exact("deviation, float64", off("by hand"), ROUNDING),
        "sums by torch": exact("deviation, float64", off("by torch"), ROUNDING),
        "n weights and one bias for n inputs": exact("parameters amiss", off("parameters amiss"), 0),
    }


def bias_zero_input(runs: list[Run]) -> dict[str, Verdict]:
    """Is there no activation at zero input without a bias, and always one with it? And what is it worth?"""

    def active(label: str) -> list[float | None]:
        return of(runs, lambda run: run.extra["active at zero"], label)

    def gained(kind: str) -> list[float | None]:
        return paired(*(values(runs, label, accuracy) for label in (kind, without_biases(kind))))

    share = "share of units above 0"
    silent = {
        f"without biases no {name} unit is active at zero input": exact(share, active(without_biases(kind)), 0)
        for name, kind in {"ReLU": WATCHED, "sigmoid": "64 sigmoid units"}.items()
    }
    return {
        **silent,
        "with biases every ReLU unit is active at zero input": above(share, active(WATCHED), EACH),
        **{f"biases help: {kind}": above("points of test accuracy gained", gained(kind)) for kind in KINDS},
    }


def bias_intercept(runs: list[Run]) -> dict[str, Verdict]:
    moved = of(runs, lambda run: run.extra["biases moved"][0])
    return {
        "it is added, the same for every input": exact(
            "deviation, float64", of(runs, lambda run: run.extra["sums"]["intercept"]), ROUNDING
        ),
        "training leaves it as it was": below("way it has moved, in its first sizes", moved, 1 - EACH),
    }


def brings_down(runs: list[Run]) -> dict[str, Verdict]:
    layers = {"first layer": 0, "last layer": -1}
    places = {f"{kind}, {name}": (kind, k) for kind in (WATCHED, "8 ReLU units") for name, k in layers.items()}
    return {
        name: above("share of weights below 1", of(runs, extra("below one", k), kind), EACH)
        for name, (kind, k) in {**places, "no hidden layer": ("no hidden layer", 0)}.items()
    }


def training_lowers_loss(runs: list[Run]) -> dict[str, Verdict]:
    def rose(what: str, steps: str = "batches") -> list[float | None]:
        return of(runs, lambda run: run.extra[what], f"single steps, {steps}")

    metric = "share of steps after which it was higher"
    change = of(runs, lambda run: run.curve("training loss")[-1] - run.curve("training loss")[0])
    return {
        "over the epochs": below("training loss, last epoch - first", change),
        "in each single step, for the step's own batch": below(metric, rose("own batch"), 1 - EACH),
        "in each single step, for all examples": below(metric, rose("all examples"), 1 - EACH),
        f"in each single step, {ALL_AT_ONCE}": below(metric, rose("all examples", ALL_AT_ONCE), 1 - EACH),
    }


def lost(share: float, order: str) -> Callable[[Run], float]:
    """Points of accuracy lost without this share of the connections."""
    place = SHARES.index(share)
    return lambda run: 100 * (run.extra["removed"]["none"] - run.extra["removed"][order][place])


def magnitude_influence(runs: list[Run]) -> dict[str, Verdict]:
    def beyond_random(share: float, order: str, sign: int) -> list[float | None]:
        return of(runs, lambda run: sign * (lost(share, order)(run) - lost(share, "at random")(run)))

    one_at_a_time = {
        f"one connection of the {layer}, by {name}": above(
            "rank correlation with its effect",
            of(runs, extra("ranks", layer, name)),
            STRONG,
        )
        for layer in ("first layer", "last layer")
        for name in ("|w|", "|w| std")
    }
    return {
        **one_at_a_time,
        f"the smallest {HALF:.0%} are missed less than others": above(
            "points kept, smallest - at random", beyond_random(HALF, "smallest first", -1), WORSE
        ),
        f"the largest {FEW:.0%} are missed more than others": above(
            "points lost, largest - at random", beyond_random(FEW, "largest first", 1), WORSE
        ),
    }


def near_zero_no_effect(runs: list[Run]) -> dict[str, Verdict]:
    dark = {name: of(runs, extra("never lit", name)) for name in ("moved", "size")}
    many = {
        f"the {share:.0%} nearest to 0, all at once": below(
            "points of accuracy lost", of(runs, lost(share, "smallest first")), SAME
        )
        for share in (HALF, MOST)
    }
    return {
        "one connection of the tenth nearest to 0": below(
            "its effect beside the mean one", of(runs, lambda run: run.extra["near zero"]), NEAR
        ),
        **many,
        "the weights of pixels that no training digit lights stay as they began": exact(
            "largest change of a weight", dark["moved"], 0
        ),
        "these weights are near 0": below("size beside the other pixels'", dark["size"], NEAR),
    }


def negative_decreases(runs: list[Run]) -> dict[str, Verdict]:
    return {
        "its unit's sum falls": exact("share of changes upwards", of(runs, lambda run: run.extra["rises"][0]), 0),
        "the network's scores fall": below(
            "share of changes upwards", of(runs, lambda run: run.extra["rises"][1]), 1 - EACH
        ),
    }
