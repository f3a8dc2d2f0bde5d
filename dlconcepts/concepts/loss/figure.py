"""The figure of the concept `loss`: what a loss says, how networks learn with it, what wrong labels do."""

from statistics import fmean

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...drawing.lines import by_formula, label_ends, looks
from ...drawing.panels import INTERVALS, learning_curves, of
from ...drawing.render import words
from ...evidence.judge import accuracy
from ...evidence.records import Run
from ...training.setting import Setting
from .saturation import loss_and_slope

SHOWN = (88, 98.5)  # percent; the first epochs may begin lower
Look = dict[str, dict]
UNSTEADY = ("absolute error of softmax",)  # an interval for networks of two or three groups would say nothing


def draw_panels(
    figure: Figure, runs: list[Run], title: str, kinds: dict[str, Setting], noisy: dict[str, dict[float, str]]
) -> None:
    """kinds: the losses by name; noisy: for some of them the arm at each share of wrong labels."""
    seeds = len({run.seed for run in runs})
    how = "each its own 20,000 training images; learning rates tuned per arm, falling to 0 along a cosine"
    words(figure, title, f"MNIST, {seeds} seeds, {how}.\nBands: {INTERVALS}")
    look = looks(list(kinds))
    grid = figure.add_gridspec(2, 3, width_ratios=[0.8, 1, 0.9])
    scores(figure.add_subplot(grid[0, 0]), figure.add_subplot(grid[1, 0]), kinds, look)
    curves = figure.add_subplot(grid[:, 1])
    curves.set(title="What networks learn with it", ylim=SHOWN)
    learning_curves(curves, runs, {name: look[name] for name in kinds if name not in UNSTEADY}, gap=0.085)
    for text in curves.texts:
        text.set_text(in_two_lines(text.get_text()))
    wrong_labels(figure.add_subplot(grid[:, 2]), runs, noisy, look)


def in_two_lines(name: str) -> str:
    return name.replace(" of ", "\nof ").replace("binary ", "binary\n")


def scores(top: Axes, bottom: Axes, kinds: dict[str, Setting], look: Look) -> None:
    """One question with two answers: each loss, and its slope, by the score of the true answer over the other's.

    For one question both cross-entropies are the same.
    """
    z = torch.linspace(-8, 4, 241, dtype=torch.float64)
    rows = torch.stack([z, torch.zeros_like(z)], dim=-1)
    for name, setting in kinds.items():
        if "binary" not in name:
            loss, slope = loss_and_slope(setting, rows, torch.zeros(len(z), dtype=torch.int64))
            top.plot(z, loss, **look[name])
            bottom.plot(z, -slope[:, 0], **look[name])
    top.set(title="The loss, two classes", ylim=(-0.1, 4))
    bottom.set(title="How hard it pulls", xlabel="score of the true class", ylabel="minus its slope", ylim=(-0.05, 1.3))
    top.tick_params(labelbottom=False)
    by_formula(top, bottom)


def wrong_labels(axes: Axes, runs: list[Run], noisy: dict[str, dict[float, str]], look: Look) -> None:
    """Test accuracy by the share of wrong labels: a dot for each network, a line through the means.

    Dots, because absolute error's networks fall into groups: rings are those that never predict some digit.
    """
    ends = {}
    for side, (name, arms) in zip((-1, 0, 1), noisy.items(), strict=True):
        color, means = look[name]["color"], {}
        for share, label in arms.items():
            found = of(runs, label)
            for run in found:
                ring = run.extra["digits never predicted"] > 0
                face = "none" if ring else color
                axes.plot(100 * share + side, accuracy(run), "o", color=color, mfc=face, mew=1.5, alpha=0.6)
            if found:
                means[100 * share] = fmean(map(accuracy, found))
        axes.plot(list(means), list(means.values()), **look[name])
        if means:
            ends[in_two_lines(name)] = (max(means), means[max(means)])
    axes.set(title="What wrong labels do", xlabel="wrong training labels, %", ylabel="test accuracy, %")
    axes.set_xticks([100 * share for share in next(iter(noisy.values()))])
    axes.text(0.03, 0.02, "○ never predicts\n    some digit", transform=axes.transAxes, fontsize=14, color="#555555")
    label_ends(axes, ends, {in_two_lines(name): look[name]["color"] for name in noisy}, gap=0.1)
