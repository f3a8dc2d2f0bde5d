"""The figure of the concept `activation`: the functions, what networks learn with them, and which one to take."""

from collections.abc import Callable
from math import log10

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.patches import Rectangle

from ...drawing.lines import COLORS, by_formula, looks
from ...drawing.panels import INTERVALS, learning_curves, of
from ...drawing.render import words
from ...evidence.judge import accuracy
from ...evidence.records import Run, Verdict
from ...rules.activation import rules

FUNCTION, SLOPE = COLORS[0], COLORS[2]
REACH = 4.0  # the functions are shown from -4 to 4


def title(found: dict[str, Verdict]) -> str:
    """The finding, as the verdict has it."""
    parts = found["activation.nonlinear-needed"].parts
    gain, one_map = parts["ReLU is more accurate, same shape"], parts["the layers multiply out to one affine map"]
    if gain.effect is None:
        return "Activation functions: not shown, a model diverged"
    if gain.outcome == one_map.outcome == "supported":
        return f"Without an activation any depth is one affine map; ReLU gains {gain.effect:.1f} points"
    return f"ReLU against no activation: {gain.effect:+.1f} points of accuracy ({gain.outcome})"


def alt(found: dict[str, Verdict]) -> str:
    """The figure in words, for those who do not see it."""
    return (
        f"{title(found)}. Three panels: nine activation functions with their slopes; validation accuracy by epoch for "
        "networks without hidden layer, with one and three linear hidden layers, and with sigmoid, tanh and ReLU; and "
        "a table of the nine with test accuracy at two and six hidden layers, the share of the gradient that reaches "
        "the first of six layers before training, and the share of dead units after it."
    )


def draw_panels(
    figure: Figure,
    runs: list[Run],
    title: str,
    first: list[str],
    names: dict[str, str],
    choices: dict[int, dict[str, str]],
) -> None:
    """first: the arms of the learning curves; names: the activations; choices: by depth, the arm of each of them."""
    seeds = len({run.seed for run in runs})
    how = "learning rates tuned per arm, falling to 0 along a cosine"
    below = "Table: means; 64 units a layer, 3 epochs; gradient: layer 1 of 6 over the last, before training."
    words(figure, title, f"MNIST, {seeds} seeds; {how}. Bands: {INTERVALS}\n{below}")
    grid = figure.add_gridspec(1, 3, width_ratios=[1, 0.95, 1.15])
    functions(figure, grid[0], names)
    curves = figure.add_subplot(grid[1], title="What networks learn with it")
    learning_curves(curves, runs, looks(first))
    table(figure.add_subplot(grid[2]), runs, list(names), choices)


def functions(figure: Figure, place: SubplotSpec, names: dict[str, str]) -> None:
    """Small multiples: each function and, by the hand-written backward, its slope."""
    x = torch.linspace(-REACH, REACH, 401, dtype=torch.float64)
    grid = place.subgridspec(3, 3, wspace=0.08, hspace=0.08)
    for i, (name, key) in enumerate(names.items()):
        axes = figure.add_subplot(grid[i // 3, i % 3])
        y, saved = rules[key].forward(x)
        (slope,) = rules[key].backward(torch.ones_like(x), *saved)
        axes.plot(x, y, color=FUNCTION)
        axes.plot(x, slope, color=SLOPE, linestyle="--", linewidth=2)
        by_formula(axes)
        axes.set(ylim=(-1.5, 2.5), xlim=(-REACH, REACH), xticks=[-3, 0, 3], yticks=[-1, 0, 1, 2])
        axes.set_title(name, fontsize=14, pad=4)
        axes.tick_params(labelbottom=i >= 6, labelleft=i % 3 == 0, labelsize=13)
    axes = figure.axes[-8]  # the sigmoid leaves room
    axes.text(-3.7, 2.0, "y", color=FUNCTION, fontweight="bold")
    axes.text(-3.7, 1.4, "dy / dx", color=SLOPE, fontweight="bold", fontsize=13)


def reaching(run: Run) -> float:
    """The first layer's gradient as a share of the last one's, before training."""
    lengths = run.extra["gradients before"]
    return lengths[0] / lengths[-1]


def table(axes: Axes, runs: list[Run], names: list[str], choices: dict[int, dict[str, str]]) -> None:
    """A row for each activation: accuracy at both depths; at the greater one the gradient that arrives, dead units.

    The darker, the better: each column has its own scale, and `goodness` maps it to 0 ... 1.
    """
    (few, shallow), (many, deep) = choices.items()
    columns: list[tuple[str, dict[str, str], Callable[[Run], float], Callable[[float], float], str]] = [
        (f"accuracy\n{few} hidden", shallow, accuracy, lambda value: (value - 88) / 10, "{:.1f}"),
        (f"accuracy\n{many} hidden", deep, accuracy, lambda value: (value - 88) / 10, "{:.1f}"),
        ("gradient\nlayer 1", deep, reaching, lambda value: 1 + log10(max(value, 1e-9)) / 4, "{:#.2g}"),
        ("dead\nunits", deep, dead, lambda value: 1 - value / 10, "{:.1f} %"),
    ]
    for j, (_, arms, get, goodness, form) in enumerate(columns):
        for i, name in enumerate(names):
            found = [get(run) for run in of(runs, arms[name])]
            value = sum(found) / len(found) if found else None
            shade = 0.0 if value is None else min(max(goodness(value), 0.0), 1.0)
            cell = Rectangle((j, i), 0.96, 0.94, color=COLORS[0], alpha=0.08 + 0.6 * shade, linewidth=0)
            by_formula(axes.add_patch(cell))  # its place; its colour and words are the record's
            axes.text(j + 0.48, i + 0.47, "–" if value is None else form.format(value), ha="center", va="center")
    axes.set(xlim=(0, len(columns)), ylim=(len(names), 0), title="Which one to take")
    axes.set_yticks([i + 0.47 for i in range(len(names))], names)
    axes.set_xticks([j + 0.48 for j in range(len(columns))], [head for head, *_ in columns])
    axes.tick_params(length=0, labeltop=True, labelbottom=False)
    axes.spines[:].set_visible(False)
    axes.grid(visible=False)


def dead(run: Run) -> float:
    return 100 * (run.extra["dead"] or 0.0)
