"""The figure of the concept `neuron`: connections removed, one network's connections seen, rules of thumb counted."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from ...drawing.lines import COLORS, band
from ...drawing.panels import INTERVALS, curve, dots, of
from ...drawing.render import words
from ...evidence.records import Run, Verdict

ORDERS = {  # by name in the runs: label, where it stands (x, y in %) and on which side of that, look
    "smallest first": ("smallest\nfirst", (0.945, 66), "right", {"color": COLORS[0], "linestyle": "-"}),
    "at random": ("at random", (0.33, 72), "right", {"color": "#555555", "linestyle": "--"}),
    "largest first": ("largest first", (0.01, 42), "left", {"color": COLORS[2], "linestyle": "-."}),
}
PANELS = (
    "Three panels: accuracy over the share of connections removed, smallest first, at random and largest first; one "
    "unit's weights as pictures, at first, trained and the largest tenth alone, over the effect of removing a single "
    "connection against its weight, and against the weight times the spread of its pixel; and the share of cases in "
    "which each of six sayings about weights, biases and steps does not hold."
)


def finding(near: Verdict, far: Verdict, half: float, few: float) -> str:
    """The title: what the smallest connections are missed, and by how much more the largest than any."""
    if near.effect is None or far.effect is None:
        return "Connections removed: not shown, a model diverged"
    return (
        f"Smallest {100 * half:.0f} % of weights: worth {near.effect:.1f} points; "
        f"largest {100 * few:.0f} %: {far.effect:.0f} more than a random {100 * few:.0f} %"
    )


def draw_panels(figure: Figure, runs: list[Run], title: str, watched: str, shares: tuple[float, ...]) -> None:
    seeds = len({run.seed for run in runs if run.label == watched})
    words(
        figure,
        title,
        f"MNIST, {seeds} seeds; {watched}, each kind of network at its own learning rate. Bands and bars: {INTERVALS}\n"
        "Middle: one network; pictures: positive weights purple, negative ones orange; effect: probability that moves "
        "to other digits; correlation: of ranks.",
    )
    grid = figure.add_gridspec(1, 3, width_ratios=[1.0, 1.35, 0.55])
    removal(figure.add_subplot(grid[0]), runs, watched, shares)
    middle(figure, grid[1], runs)
    sayings(figure.add_subplot(grid[2]), runs, watched)


def removal(axes: Axes, runs: list[Run], watched: str, shares: tuple[float, ...]) -> None:
    """Accuracy over the share of connections removed; the axis shows both ends as through a magnifying glass."""
    axes.set(xlabel="connections removed", ylabel="validation accuracy, %", title="Many connections removed")
    axes.set(xscale="logit", xlim=(0.0005, 0.9935), ylim=(0, 102))
    mine = [run for run in runs if "removed" in run.extra]
    for name, (label, place, side, look) in ORDERS.items():
        points = curve(mine, watched, lambda run, name=name: [100 * value for value in run.extra["removed"][name]])
        if points:
            band(axes, list(shares), points, look)
            axes.text(*place, label, color=look["color"], fontweight="bold", ha=side, va="center")
    places = [0.001, 0.01, 0.1, 0.5, 0.9, 0.99]
    axes.xaxis.set_major_locator(FixedLocator(places))
    axes.xaxis.set_major_formatter(FixedFormatter([f"{100 * place:g} %" for place in places]))
    axes.xaxis.set_minor_locator(NullLocator())


def middle(figure: Figure, place: SubplotSpec, runs: list[Run]) -> None:
    """What is shown of one network; nothing where no run has it."""
    upper, lower = place.subgridspec(2, 1, height_ratios=[0.8, 1.45])
    run = next((run for run in runs if "pictures" in run.extra), None)
    if run is None:
        return
    for cell, (name, rows) in zip(upper.subgridspec(1, 3), run.extra["pictures"].items(), strict=False):
        axes = figure.add_subplot(cell, xticks=[], yticks=[])
        axes.set_title(name, fontsize=15)
        limit = np.abs(rows).max() or 1.0
        axes.imshow(rows, cmap="PuOr_r", vmin=-limit, vmax=limit)
        axes.grid(visible=False)
    left, right = lower.subgridspec(1, 2)
    single(figure.add_subplot(left), run, "|w|", "|weight|")
    axes = single(figure.add_subplot(right), run, "|w| std", "|weight| x spread of pixel")
    axes.set_ylabel("")
    axes.tick_params(axis="y", labelleft=False)


def single(axes: Axes, run: Run, by: str, label: str) -> Axes:
    """A dot a connection: what its absence changes; at the lower edge those that change nothing at all."""
    tried = run.extra["tried"]
    effect, sizes = np.array(tried["effect"]), np.array(tried[by])
    floor = effect[effect > 0].min(initial=1.0) / 10
    least = sizes[sizes > 0].min(initial=1.0) / 3
    silent = effect == 0
    look = {"s": 22, "alpha": 0.7, "linewidths": 0}
    axes.scatter(np.maximum(sizes, least)[~silent], effect[~silent], color=COLORS[3], **look)
    if silent.any():
        axes.scatter(
            np.maximum(sizes, least)[silent], np.full(silent.sum(), floor), color=COLORS[1], marker="v", **look
        )
    if silent.any():
        axes.text(0.03, 0.075, "no effect at all:", transform=axes.transAxes, fontsize=13)
    rank = run.extra["ranks"]["first layer"][by]
    axes.set(xscale="log", yscale="log", xlabel=label, ylabel="effect of removing one")
    axes.set_title("" if rank is None else f"correlation {rank:.2f}", fontsize=15)
    axes.set_axisbelow(True)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_locator(NullLocator())
    return axes


def sayings(axes: Axes, runs: list[Run], watched: str) -> None:
    """How often it is otherwise than one says."""

    def share(get: Callable[[Run], float], label: str = watched) -> list[float]:
        found = []
        for run in of(runs, label):
            try:
                found.append(100 * get(run))
            except (KeyError, IndexError):
                continue
        return found

    rows = {
        "sigmoid units active at\nzero input, no biases": share(
            lambda run: run.extra["active at zero"], "64 sigmoid units, no biases"
        ),
        "ReLU units silent at zero\ninput, with biases": share(lambda run: 1 - run.extra["active at zero"]),
        "paths from a negative\nweight that raise a score": share(lambda run: run.extra["rises"][1]),
        "steps that raise the\nloss on all examples": share(
            lambda run: run.extra["all examples"], "single steps, batches"
        ),
        "steps that raise their\nown batch's loss": share(lambda run: run.extra["own batch"], "single steps, batches"),
        "weights above 1,\nlast layer": share(lambda run: 1 - run.extra["below one"][-1]),
    }
    dots(axes, rows)
    axes.tick_params(axis="y", labelsize=13)
    axes.set(xlim=(-3, 103), xlabel="share, %", title="Exceptions")
