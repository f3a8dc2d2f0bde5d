"""The figure of the concept `loss`: what a loss says, how networks learn with it, what wrong labels do."""

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..panels import INTERVALS, learning_curves, spread_of
from ..plot import band, label_ends, looks, words
from ..probes.saturation import loss_and_slope
from ..records import Run
from ..setting import Setting

Look = dict[str, dict]


def draw_panels(
    figure: Figure, runs: list[Run], title: str, kinds: dict[str, Setting], noisy: dict[str, dict[float, str]]
) -> None:
    """kinds: the losses by name; noisy: for some of them the arm at each share of wrong labels."""
    seeds = len({run.seed for run in runs})
    how = "each its own 20,000 training images; learning rates tuned per arm, falling to 0 along a cosine"
    words(figure, title, f"MNIST, {seeds} seeds, {how}.\nBands: {INTERVALS}")
    look = looks(list(kinds))
    grid = figure.add_gridspec(2, 3, width_ratios=[0.8, 1, 0.8])
    scores(figure.add_subplot(grid[0, 0]), figure.add_subplot(grid[1, 0]), kinds, look)
    curves = figure.add_subplot(grid[:, 1])
    learning_curves(curves, runs, look)
    curves.set(title="What networks learn with it")
    wrong_labels(figure.add_subplot(grid[:, 2]), runs, noisy, look)


def scores(top: Axes, bottom: Axes, kinds: dict[str, Setting], look: Look) -> None:
    """One question with two answers: each loss, and its slope, by the score of the true answer over the other's."""
    z = torch.linspace(-8, 4, 241, dtype=torch.float64)
    rows = torch.stack([z, torch.zeros_like(z)], dim=-1)
    for name, setting in kinds.items():
        loss, slope = loss_and_slope(setting, rows, torch.zeros(len(z), dtype=torch.int64))
        top.plot(z, loss, **look[name])
        bottom.plot(z, -slope[:, 0], **look[name])
    top.set(title="The loss", ylim=(-0.1, 4))
    bottom.set(title="How hard it pulls", xlabel="score of the true answer", ylim=(-0.05, 1.5))


def wrong_labels(axes: Axes, runs: list[Run], noisy: dict[str, dict[float, str]], look: Look) -> None:
    """Test accuracy by the share of wrong labels."""
    ends = {}
    for name, arms in noisy.items():
        points = {100 * share: spread_of(runs, label, accuracy) for share, label in arms.items()}
        if all(points.values()):
            band(axes, list(points), list(points.values()), look[name])
            ends[name] = (max(points), points[max(points)][0])
    axes.set(title="What wrong labels do", xlabel="wrong training labels, %", ylabel="test accuracy, %")
    label_ends(axes, ends, {name: look[name]["color"] for name in ends})


def accuracy(run: Run) -> float:
    """Test accuracy in percent."""
    return 100 * run.final["test accuracy"]
