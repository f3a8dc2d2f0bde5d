"""The figure of the concept `optimizer`: a row for each, with its paths on two surfaces and its places on MNIST."""

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec

from ...drawing.lines import COLORS, by_formula
from ...drawing.panels import INTERVALS, of
from ...drawing.render import words
from ...evidence.judge import accuracy, interval, values
from ...evidence.ranking import places, spelled
from ...evidence.records import Run, Verdict
from .surface import Surface, surfaces

LOOKS = {  # at what rate: colour, marker and how it is called
    "rate 0.001": (COLORS[2], "s", "0.001"),
    "rate 0.3": (COLORS[1], "D", "0.3"),
    "own rate": (COLORS[0], "o", "own"),
}
OWN = "own rate"
VIEWS = {"valley": ((-9, 4), (-2.6, 1.6)), "Rosenbrock": ((-1.9, 1.8), (-0.6, 2.7))}  # x and y of the surfaces
TITLES = {"valley": "A valley; dashed: turned by 45°", "Rosenbrock": "Rosenbrock's surface"}
ALONG, ACROSS = COLORS[0], COLORS[5]  # paths: the surface as it is, and the valley turned


def title(found: dict[str, Verdict]) -> str:
    """The finding, as the verdicts have it."""
    verdict = found["optimizer.fair"]
    low = verdict.parts["rate 0.001 for all: SGD is last"]
    high = verdict.parts["rate 0.3 for all: SGD beats RMSprop, Adam and AdamW"]
    own = verdict.parts["each at its own rate: SGD is not last"]
    if {part.outcome for part in (low, high, own)} != {"supported"}:
        return f"Does the best optimizer depend on the learning rate? ({verdict.outcome})"
    shared = f"SGD last by {low.effect:.0f}, or {high.effect:.0f} ahead of three"
    return f"One rate for all: {shared}; own rates: {own.effect:.1f} from last"


def alt(found: dict[str, Verdict]) -> str:
    """The figure in words, for those who do not see it."""
    return (
        f"{title(found)}. A row for each of seven optimizers: its paths down a valley that lies along the axes and "
        "down the same valley turned, its path on Rosenbrock's surface, its test accuracy on MNIST at rate 0.001, at "
        "0.3 and at its own, and the places that it may have among the seven at each of them. At 0.3 SGD is held "
        "against RMSprop, Adam and AdamW."
    )


def draw_panels(figure: Figure, runs: list[Run], finding: str, labels: dict[str, dict[str, str]]) -> None:
    """labels: by rate, the arm of each optimizer as it is called."""
    seeds = len({run.seed for run in runs})
    how = (
        f"MNIST, {seeds} seeds; 64 ReLU units, 3 epochs, rates falling to 0 along a cosine. Surfaces: 100 and 200 "
        "steps from one start, each at the rate that was best from 20 other starts."
    )
    below = f"AdamW's weight decay: 0.01, on surfaces 0. A range of places: not told apart. Bars: {INTERVALS}"
    words(figure, finding, f"{how}\n{below}")
    names = list(labels[OWN])
    grid = figure.add_gridspec(len(names), 5, width_ratios=[1.1, 0.8, 0.9, 0.75, 0.5])
    for row, name in enumerate(names):
        small_multiples(figure, grid, runs, row, name)
    rates_panel(figure.add_subplot(grid[:, 2]), runs, labels)
    own_panel(figure.add_subplot(grid[:, 3]), runs, labels[OWN])
    places_panel(figure.add_subplot(grid[:, 4]), runs, labels)


def small_multiples(figure: Figure, grid: GridSpec, runs: list[Run], row: int, name: str) -> None:
    """An optimizer's row: its paths on the two surfaces, in the valley that of the turned one as well."""
    for column, surface in enumerate(VIEWS):
        axes = figure.add_subplot(grid[row, column])
        contours(axes, surfaces[surface], *VIEWS[surface])
        way(axes, runs, f"{name}, {surface}", ALONG, "-", 3.2 if surface == "valley" else 1.8)
        if surface == "valley":
            way(axes, runs, f"{name}, turned valley", ACROSS, "--", 1.6)
            axes.set_ylabel(name, rotation=0, ha="right", va="center", fontweight="bold", fontsize=15)
        if row == 0:
            axes.set_title(TITLES[surface])


def contours(axes: Axes, surface: Surface, x: tuple[float, float], y: tuple[float, float]) -> None:
    """Level lines, and a cross where the surface is lowest."""
    across, up = np.meshgrid(np.linspace(*x, 150), np.linspace(*y, 100))
    heights = surface.height(torch.tensor(np.stack([across, up], -1))).numpy()
    # about a power of ten from line to line; rounded, for processors differ in the last digit
    levels = np.log10(heights + 1e-3).round(9)
    by_formula(axes.contour(across, up, levels, levels=8, colors="#cccccc", linewidths=1, linestyles="-"))
    by_formula(*axes.plot(*surface.lowest, "x", color="#222222", markersize=8, markeredgewidth=2, zorder=5))
    axes.set(xlim=x, ylim=y, xticks=[], yticks=[])
    axes.grid(visible=False)


def way(axes: Axes, runs: list[Run], label: str, color: str, line: str, width: float) -> None:
    """The path of the first start, a dot where it begins; what leaves all numbers ends there."""
    for run in [run for run in of(runs, label) if "path" in run.extra]:
        x, y = (np.array(run.extra["path"][axis], dtype=float) for axis in "xy")
        axes.plot(x, y, line, color=color, linewidth=width)
        axes.plot(x[0], y[0], "o", color=color, markersize=4 + width)


def dot(axes: Axes, runs: list[Run], label: str, row: int, rate: str) -> None:
    """An arm's mean test accuracy and its interval."""
    color, marker, said = LOOKS[rate]
    found = [accuracy(run) for run in of(runs, label)]
    if len(found) > 1:
        mean, low, high = interval(found)
        axes.plot([low, high], [row, row], color=color, linewidth=7, alpha=0.4, solid_capstyle="butt")
        axes.plot(mean, row, marker, color=color, markersize=9, label=None if row else said)


def rates_panel(axes: Axes, runs: list[Run], labels: dict[str, dict[str, str]]) -> None:
    """All at a low rate, all at a high one, and each at its own."""
    for rate in LOOKS:
        for row, label in enumerate(labels[rate].values()):
            dot(axes, runs, label, row, rate)
    axes.set(title="MNIST at three rates", xlabel="test accuracy, %")
    if axes.get_legend_handles_labels()[0]:
        place = {"loc": "center left", "bbox_to_anchor": (0.02, 0.62)}
        axes.legend(title="learning rate", frameon=False, fontsize=14, title_fontsize=14, alignment="left", **place)
    rows_of(axes, len(labels[OWN]))


def own_panel(axes: Axes, runs: list[Run], labels: dict[str, str]) -> None:
    """Each at its own rate, nearer, with the rate."""
    for row, label in enumerate(labels.values()):
        dot(axes, runs, label, row, OWN)
        rate = [run.extra["rate"] for run in of(runs, label)]
        if rate:
            axes.text(0.02, row - 0.28, f"rate {rate[0]:g}", transform=axes.get_yaxis_transform(), fontsize=13)
    axes.set(title="Each at its own", xlabel="test accuracy, %")
    rows_of(axes, len(labels))


def places_panel(axes: Axes, runs: list[Run], labels: dict[str, dict[str, str]]) -> None:
    """A table: the places that each may have, by rate."""
    axes.set_title("Places")
    rows_of(axes, len(labels[OWN]))
    for column, (rate, (color, _, _)) in enumerate(LOOKS.items()):
        found = places({name: values(runs, label, accuracy) for name, label in labels[rate].items()})
        for row, place in enumerate(found.values()):
            axes.text(column, row, spelled(place), ha="center", va="center", fontsize=17, fontweight="bold")
        by_formula(*axes.plot([column - 0.3, column + 0.3], [-0.45] * 2, color=color, linewidth=5))
    axes.set_xticks(range(len(LOOKS)), [said for _, _, said in LOOKS.values()])
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.set(xlim=(-0.5, len(LOOKS) - 0.5), xlabel="learning rate")
    axes.spines[:].set_visible(False)


def rows_of(axes: Axes, n: int) -> None:
    """A row for each optimizer, beside the small multiples."""
    axes.set_yticks([])
    axes.set_ylim(n - 0.5, -0.5)
