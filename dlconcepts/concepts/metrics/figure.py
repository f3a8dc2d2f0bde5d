"""The figure of the concept `metrics`: a table of digits, a threshold curve for each, the trap of the rare class."""

from collections.abc import Callable

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from ...drawing.lines import COLORS, band, by_formula
from ...drawing.panels import INTERVALS, heat_map, of
from ...drawing.render import words
from ...evidence.judge import interval
from ...evidence.records import Run, Verdict
from ...images.data_set import CLASSES
from .answers import RECALLS

PANELS = (
    "Three panels: a table of the ten digits, of the answer always 1 and of the answer that no digit is a nine, with "
    "the agreement of two trainings, precision, recall and F1; for each digit precision over recall as its threshold "
    "moves; and the share of wrong answers to the question whether a digit is a nine, over how many are, of the "
    "network and of the answer always no, which wins where nines are rare."
)
FIRST = RECALLS.index(0.9)  # the recall from which on curves are shown
SHARES = (0.1, 0.03, 0.01, 0.003, 0.001)


def finding(parts: dict[str, Verdict]) -> str:
    """The title: both meanings of precision, of the network and of an answer that is of no use."""
    names = [f"{who}, {what}" for what in ("repeatability", "TP / (TP + FP)") for who in ("network", "always 1")]
    if any(parts[name].effect is None for name in names):
        return "Precision: not shown, a model diverged"
    agree, repeat, precise, useless = (100 * parts[name].effect for name in names)
    return (
        f"Repeating itself: network {agree:.0f} %, always 1 {100 - repeat:.0f} %. "
        f"Precision: {precise:.0f} (mean) and {100 - useless:.0f} %"
    )


def draw_panels(
    figure: Figure, runs: list[Run], title: str, labels: tuple[str, ...], wrong: Callable[[Run, float], float]
) -> None:
    """labels: of the network, of pairs of trainings, of the two answers of no use. wrong(run, share): the share of
    wrong answers of a network where this share of the digits are nines."""
    network = of(runs, labels[0])
    words(
        figure,
        title,
        f"MNIST, {len(network)} seeds, each trained twice; 32 hidden units. Table: means. Bands: {INTERVALS}\n"
        "Curves: the threshold is on a digit's softmax probability. Precision 0: never said. Right: nines weighted to "
        "their share.",
    )
    grid = figure.add_gridspec(1, 3, width_ratios=[0.85, 1.3, 0.75])
    table(figure.add_subplot(grid[0]), *(of(runs, label) for label in labels))
    curves(figure, grid[1], network)
    rare(figure.add_subplot(grid[2]), network, wrong)


def table(axes: Axes, network: list[Run], pairs: list[Run], always_one: list[Run], always_no: list[Run]) -> None:
    """Agreement, precision, recall and F1 in percent: of each digit, of always 1 and of always no."""
    rows = {}
    if network and pairs:
        rows = {str(k): row([run.extra["by digit"][k] for run in pairs], network, k) for k in range(CLASSES)}
    for label, runs in {"always 1": always_one, "always no": always_no}.items():
        if runs:
            rows[label] = row([run.extra["agreement"] for run in runs], runs, 1)
    if rows:
        heat_map(axes, rows)
    axes.set(title="Two meanings of precision, %")
    axes.tick_params(length=0)


def row(agreement: list[float], runs: list[Run], k: int) -> dict[str, float]:
    """Means in percent."""
    own = {name: [run.extra["by digit"][name][k] for run in runs] for name in ("precision", "recall", "F1")}
    return {name: 100 * sum(values) / len(values) for name, values in {"agree": agreement, **own}.items()}


def curves(figure: Figure, place: SubplotSpec, network: list[Run]) -> None:
    """A panel for each digit: its own curve with its interval, those of the others in grey behind it."""
    points = {}
    if len(network) > 1:
        points = {
            k: [
                interval(list(values))
                for values in zip(*(run.extra["curves"][k][FIRST:] for run in network), strict=True)
            ]
            for k in range(CLASSES)
        }
    cells, recalls = place.subgridspec(5, 2), [100 * recall for recall in RECALLS[FIRST:]]
    for k in range(CLASSES):
        axes = figure.add_subplot(cells[k // 2, k % 2])
        for other, found in points.items():
            if other != k:
                axes.plot(recalls, [100 * mean for mean, _, _ in found], color="#d5d5d5", linewidth=1)
        if points:
            band(axes, recalls, [tuple(100 * v for v in point) for point in points[k]], {"color": COLORS[3]})
        axes.set(xlim=(89.5, 100.4), ylim=(0, 104), yticks=[0, 50, 100], xticks=[90, 95, 100])
        axes.text(90, 8, str(k), fontsize=20, fontweight="bold", color=COLORS[3])
        if k == 0:
            axes.set_title("Each digit's threshold")
        if k == 4:
            axes.set_ylabel("precision, %")
        if k < CLASSES - 2:
            axes.tick_params(axis="x", labelbottom=False)
        else:
            axes.set_xlabel("recall, %")
        if k % 2:
            axes.tick_params(axis="y", labelleft=False)


def rare(axes: Axes, network: list[Run], wrong: Callable[[Run, float], float]) -> None:
    """Wrong answers to "is it a nine?" over the share of nines, both axes logarithmic."""
    axes.set(xlabel="share of nines", ylabel="wrong answers, %", title="Is it a nine?", xscale="log", yscale="log")
    by_formula(*axes.plot(SHARES, [100 * share for share in SHARES], color=COLORS[2], linestyle="--"))
    axes.text(0.012, 1.9, "always no:\nfinds none", color=COLORS[2], fontweight="bold", ha="right")
    if len(network) > 1:
        points = [interval([100 * wrong(run, share) for run in network]) for share in SHARES]
        band(axes, list(SHARES), points, {"color": COLORS[0]})
        found = 100 * sum(run.extra["nines"]["found"] for run in network) / len(network)
        axes.text(
            0.09, 0.33, f"network: finds\n{found:.0f} % of the nines", color=COLORS[0], fontweight="bold", ha="right"
        )
    for axis, places in [(axes.xaxis, [0.1, 0.01, 0.001]), (axes.yaxis, [0.1, 0.3, 1, 3, 10])]:
        axis.set_major_locator(FixedLocator(places))
        axis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FixedFormatter(["1 in 10", "1 in 100", "1 in 1000"]))
    axes.yaxis.set_major_formatter(FixedFormatter(["0.1", "0.3", "1", "3", "10"]))
