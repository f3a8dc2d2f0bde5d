"""The figure of the concept `normalization`: numbers before and after, one rate or each its own, rates that work."""

from collections.abc import Sequence
from statistics import geometric_mean

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...drawing.lines import COLORS, band
from ...drawing.panels import INTERVALS, of
from ...drawing.render import words
from ...evidence.judge import interval
from ...evidence.records import Run, Verdict
from .working_rates import working

PIXELS = {  # the arm whose pixels are shown, its name and look
    "min-max by pixel, own rate": ("min-max", COLORS[0], "-"),
    "glitches, min-max by pixel, own rate": ("min-max after glitches", COLORS[2], "-"),
}
FORMS = {  # the rows of the middle panel: the form of the pixels, and its name
    "0 to 255": "0 to 255",
    "0 to 1": "0 to 1",
    "standardized": "standardized",
    "glitches, min-max by pixel": "min-max\nafter glitches",
    "glitches, standardized by pixel": "standardized\nafter glitches",
    "glitches, quantiles by pixel": "quantiles\nafter glitches",
}
LAYERS = {"no norm": (COLORS[4], "--"), "batch norm": (COLORS[0], "-"), "layer norm": (COLORS[1], "-.")}
RATES = {  # the rate at which a form is learned, its look and how it is called
    "shared rate": (COLORS[2], "s", "0.1"),
    "small shared rate": (COLORS[1], "D", "0.001"),
    "own rate": (COLORS[0], "o", "own"),
}


def title(found: dict[str, Verdict]) -> str:
    """The finding, as the verdict has it."""
    parts = found["normalization.speeds-up"].parts
    gains = [parts[f"0 to 1, {rate}"].effect for rate in RATES]
    if None in gains:
        return "Normalization: not shown, a model diverged"
    shared, small, own = gains
    return f"Scaling pixels: {shared:+.0f} points at rate 0.1, {small:+.0f} at 0.001, {own:+.1f} at each form's own"


def alt(found: dict[str, Verdict]) -> str:
    """The figure in words, for those who do not see it."""
    return (
        f"{title(found)}. Three panels: histograms of pixels after min-max scaling with and without glitches and of "
        "weighted sums before and after batch norm; test accuracy after one epoch by form of the pixels, at two "
        "shared learning rates and at each one's own; and validation accuracy over the learning rate with no "
        "normalization layer, batch norm and layer norm."
    )


def draw_panels(
    figure: Figure, runs: list[Run], finding: str, rates: Sequence[float], cost: float, edge: float
) -> None:
    """rates: those of the right panel; cost: of accuracy, at which one still works; edge: of the sums' histograms."""
    seeds = len({run.seed for run in runs})
    how = (
        "one epoch, rates falling to 0 along a cosine. Glitches: 16 times white in 8 pixels of 1 training image in 100"
    )
    below = f"Thick bars: rates at most {cost:g} points below the best. Shaded: {INTERVALS}"
    words(figure, finding, f"MNIST, {seeds} seeds, {how}.\n{below}")
    grid = figure.add_gridspec(2, 3, width_ratios=[0.8, 1, 1])
    pixels(figure.add_subplot(grid[0, 0]), runs)
    sums(figure.add_subplot(grid[1, 0]), runs, edge)
    forms(figure.add_subplot(grid[:, 1]), runs)
    all_rates(figure.add_subplot(grid[:, 2]), runs, rates, cost)


def histogram(axes: Axes, shares: list[float], low: float, high: float, color: str, line: str, name: str) -> None:
    edges = np.linspace(low, high, len(shares) + 1)
    axes.stairs(
        [100 * share for share in shares], edges, baseline=None, color=color, linestyle=line, linewidth=2.5, label=name
    )


def pixels(axes: Axes, runs: list[Run]) -> None:
    """How min-max spreads the pixels, without glitches and with them."""
    for label, (name, color, line) in PIXELS.items():
        for run in [run for run in of(runs, label) if "pixels" in run.extra]:
            histogram(axes, run.extra["pixels"], 0, 1, color, line, name)
    axes.set(title="Pixels after scaling", xlabel="pixel", ylabel="share, %", yscale="log")
    if axes.patches:
        axes.legend(loc="upper right", frameon=False, fontsize=13)


def sums(axes: Axes, runs: list[Run], edge: float) -> None:
    """What batch norm gets and what it makes of it."""
    for run in [run for run in of(runs, "batch norm") if "before" in run.extra]:
        histogram(axes, run.extra["before"], -edge, edge, COLORS[4], "--", "before")
        histogram(axes, run.extra["after"], -edge, edge, COLORS[0], "-", "after")
    axes.set(title="Weighted sums", xlabel="weighted sum", ylabel="share, %")
    if axes.patches:
        axes.legend(loc="upper left", frameon=False, fontsize=13)


def forms(axes: Axes, runs: list[Run]) -> None:
    """Each form of the pixels at rates for all and at its own."""
    for place, form in enumerate(FORMS):
        ends = {}
        for rate, (color, marker, name) in RATES.items():
            found = [100 * run.final["test accuracy"] for run in of(runs, f"{form}, {rate}")]
            if len(found) > 1:
                ends[rate], low, high = interval(found)
                axes.plot([low, high], [place] * 2, color=color, linewidth=7, alpha=0.4, solid_capstyle="butt")
                axes.plot(ends[rate], place, marker, color=color, markersize=9, label=None if place else name)
        axes.plot(list(ends.values()), [place] * len(ends), color="#cccccc", linewidth=2, zorder=1)
    axes.set_yticks(range(len(FORMS)), list(FORMS.values()))
    axes.set_ylim(len(FORMS) - 0.5, -0.5)
    axes.axhline(2.5, color="#cccccc")
    axes.grid(axis="y", visible=False)
    axes.set(title="At two rates, and at one's own", xlabel="test accuracy, %")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(title="learning rate", loc="lower left", frameon=False, fontsize=14, title_fontsize=14)


def all_rates(axes: Axes, runs: list[Run], rates: Sequence[float], cost: float) -> None:
    """Validation accuracy over the learning rate, and below it from where to where the rates work, seeds averaged."""
    for place, (name, (color, line)) in enumerate(LAYERS.items()):
        mine = of(runs, f"{name}, all rates")
        columns = zip(rates, zip(*(run.extra["accuracy"] for run in mine), strict=True), strict=False)
        points = {lr: interval(list(column)) for lr, column in columns if None not in column and len(column) > 1}
        if points:
            band(axes, list(points), list(points.values()), {"color": color, "linestyle": line})
            works = [working(rates, run.extra["accuracy"], cost) for run in mine]
            low, high = (geometric_mean(map(end, works)) for end in (min, max))
            y = 52 + 4 * place
            axes.plot([low, high], [y, y], color=color, linewidth=9, solid_capstyle="butt")
            said = "no layer" if name == "no norm" else f"+ {name}"
            axes.text(low * 0.85, y, said, color=color, fontweight="bold", ha="right", va="center")
    axes.set(title="Rates that work, and layers", xlabel="learning rate", xscale="log", xlim=(0.004, 30))
    axes.set(ylabel="validation accuracy, %", ylim=(48, 101))
