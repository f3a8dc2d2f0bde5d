"""The figure of the concept `optimizer`: a row for each, with its paths on two surfaces and its places on MNIST."""

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec

from ..evidence import accuracy, interval, values
from ..panels import INTERVALS, of
from ..plot import COLORS, by_formula, words
from ..probes.surface import Surface, surfaces
from ..ranking import places, spelled
from ..records import Run, Verdict

LOOKS = {"rate 0.001": (COLORS[2], "s", "0.001"), "rate 0.3": (COLORS[1], "D", "0.3"), "own rate": (COLORS[0], "o", "own")}
VIEWS = {"valley": ((-11, 11), (-1.6, 1.6)), "Rosenbrock": ((-1.8, 1.6), (-0.5, 1.7))}  # x and y of the surfaces
FIRST, ACROSS = COLORS[0], COLORS[1]  # the path along the axes, the path where the valley is turned


def title(found: dict[str, Verdict]) -> str:
    """The finding, as the verdicts have it."""
    parts = found["optimizer.fair"].parts
    low, high, own = (
        parts[f"{at}: {said}"].effect
        for at, said in [
            ("rate 0.001 for all", "SGD is last"),
            ("rate 0.3 for all", "SGD beats RMSprop, Adam and AdamW"),
            ("each at its own rate", "SGD is not last"),
        ]
    )
    if None in (low, high, own):
        return "Optimizers at one rate and at each one's own: not shown, a model diverged"
    return f"SGD {-low:+.0f} points at rate 0.001, {high:+.0f} at 0.3, {own:+.1f} at each one's own"


def alt(found: dict[str, Verdict]) -> str:
    """The figure in words, for those who do not see it."""
    return (
        f"{title(found)}. A row for each of seven optimizers: its paths down a valley that lies along the axes and "
        "down the same valley turned, its path on Rosenbrock's surface, and its test accuracy on MNIST at rate 0.001, "
        "at 0.3 and at its own, with the places that it may have among the seven."
    )


def draw_panels(figure: Figure, runs: list[Run], finding: str, labels: dict[str, dict[str, str]]) -> None:
    """labels: by rate, the arm of each optimizer as it is called."""
    seeds = len({run.seed for run in runs})
    how = f"MNIST, {seeds} seeds, 64 ReLU units, 3 epochs, rates falling to 0 along a cosine; AdamW's decay 0.01, on surfaces none"
    below = f"Surfaces: one start, rates chosen by one rule on others. Bars and places (who cannot be told apart shares them): {INTERVALS}"
    words(figure, finding, f"{how}.\n{below}")
    names = list(next(iter(labels.values())))
    grid = figure.add_gridspec(len(names), 4, width_ratios=[1, 0.8, 1, 1])
    paths(figure, grid, runs, names)
    errors(figure.add_subplot(grid[:, 2]), runs, labels)
    own(figure.add_subplot(grid[:, 3]), runs, labels)


def paths(figure: Figure, grid: GridSpec, runs: list[Run], names: list[str]) -> None:
    """Small multiples: a row for each optimizer, a column for each surface."""
    for row, name in enumerate(names):
        for column, (surface, title) in enumerate([("valley", "A valley"), ("Rosenbrock", "Rosenbrock's")]):
            axes = figure.add_subplot(grid[row, column])
            contours(axes, surfaces[surface], *VIEWS[surface])
            way(axes, runs, f"{name}, {surface}", FIRST, "-")
            if surface == "valley":
                way(axes, runs, f"{name}, turned valley", ACROSS, "--")
                axes.set_ylabel(name, rotation=0, ha="right", va="center", fontweight="bold")
            if row == 0:
                axes.set_title(title)


def contours(axes: Axes, surface: Surface, x: tuple[float, float], y: tuple[float, float]) -> None:
    """Level lines, and a cross where the surface is lowest."""
    across, up = np.meshgrid(np.linspace(*x, 120), np.linspace(*y, 80))
    heights = surface.height(torch.tensor(np.stack([across, up], -1))).numpy()
    by_formula(axes.contour(across, up, np.log10(heights + 1e-3), levels=8, colors="#cccccc", linewidths=1, linestyles="-"))
    by_formula(*axes.plot(*surface.lowest, "x", color="#222222", markersize=8, markeredgewidth=2))
    axes.set(xlim=x, ylim=y, xticks=[], yticks=[])
    axes.grid(visible=False)


def way(axes: Axes, runs: list[Run], label: str, color: str, line: str) -> None:
    """The path of the first start."""
    for run in [run for run in of(runs, label) if "path" in run.extra]:
        points = [point for point in run.extra["path"] if None not in point]
        axes.plot(*zip(*points, strict=True), line, color=color, linewidth=1.8, clip_on=True)
        axes.plot(*points[0], "o", color=color, markersize=6)


def errors(axes: Axes, runs: list[Run], labels: dict[str, dict[str, str]]) -> None:
    """Test accuracy at each of the rates."""
    for rate, (color, marker, said) in LOOKS.items():
        for row, label in enumerate(labels[rate].values()):
            found = [accuracy(run) for run in of(runs, label)]
            if len(found) > 1:
                mean, low, high = interval(found)
                axes.plot([low, high], [row, row], color=color, linewidth=7, alpha=0.4, solid_capstyle="butt")
                axes.plot(mean, row, marker, color=color, markersize=9, label=None if row else said)
    axes.set(title="MNIST", xlabel="test accuracy, %")
    rows_of(axes, len(labels["own rate"]))


def own(axes: Axes, runs: list[Run], labels: dict[str, dict[str, str]]) -> None:
    """At own rates, with rate and places."""
    color, marker, _ = LOOKS["own rate"]
    for row, label in enumerate(labels["own rate"].values()):
        found = [accuracy(run) for run in of(runs, label)]
        if len(found) > 1:
            mean, low, high = interval(found)
            axes.plot([low, high], [row, row], color=color, linewidth=7, alpha=0.4, solid_capstyle="butt")
            axes.plot(mean, row, marker, color=color, markersize=9)
    axes.set(title="each at its own rate", xlabel="test accuracy, %")
    rows_of(axes, len(labels["own rate"]))


def rows_of(axes: Axes, n: int) -> None:
    axes.set_yticks(range(n), [""] * n)
    axes.set_ylim(n - 0.5, -0.5)
    axes.grid(axis="y", visible=False)
