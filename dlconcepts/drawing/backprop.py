"""The figure of the concept `backprop`: one weight's slope by the chain rule, differences, a thousand steps."""

from statistics import fmean

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..panels import INTERVALS, curve, of
from ..plot import COLORS, band, by_formula, words
from ..probes.one_weight import OneWeight, one_weight
from ..records import Run, Verdict
from .small_network import connections, frame, places, short, unit

BACK = COLORS[2]
HAND, AUTOGRAD = COLORS[0], "#222222"
KINDS = {
    "central": (COLORS[0], "-", "central"),
    "one-sided": (COLORS[1], "--", "one-sided"),
    "single": (COLORS[5], ":", "central,\nfloat32"),
}


def title(found: dict[str, Verdict]) -> str:
    """The finding, as the verdicts have it."""
    return "TITLE"


def alt(found: dict[str, Verdict]) -> str:
    """The figure in words, for those who do not see it."""
    return (
        f"{title(found)}. Three panels: the last three layers of a small network with the numbers from which the chain "
        "rule makes the slope of one weight; the error of finite differences over their step, a V for central and "
        "one-sided ones; and the loss of a thousand steps on MNIST by hand and by autograd, on top of each other."
    )


def draw_panels(figure: Figure, runs: list[Run], title: str, small: str, steps: str, sizes: list[float]) -> None:
    """small, steps: the labels of the small networks and of the thousand steps; sizes: of the differences."""
    seeds = len({run.seed for run in runs})
    how = "Above and right: seed 0; above: a training digit that the network gets wrong"
    words(figure, title, f"MNIST, {seeds} seeds. {how}.\nBands: {INTERVALS}")
    grid = figure.add_gridspec(2, 2, height_ratios=[1, 1])
    drawn = [run.extra["drawn"] for run in of(runs, small) if "drawn" in run.extra]
    above = figure.add_subplot(grid[0, :])
    if drawn:
        chain(above, drawn[0])
    differences(figure.add_subplot(grid[1, 0]), runs, small, sizes)
    side_by_side(figure.add_subplot(grid[1, 1]), of(runs, steps))


def chain(axes: Axes, drawn: dict) -> None:
    """The last layers with the weight in question, and its slope in four lines."""
    axes.set_title("The chain rule for one weight, number by number")
    widths = tuple(len(row) for row in drawn["values"][-3:])
    frame(axes, widths, left=0.6, right=4.5)
    connections(axes, widths, drawn["weights"][-2:], fade=0.3)
    one = one_weight(drawn)
    for row, values in zip(places(widths), drawn["values"][-3:], strict=True):
        largest = max(map(abs, values))
        for (x, y), value in zip(row, values, strict=True):
            unit(axes, x, y, value, abs(value) / largest)
            axes.text(x, y - 0.02, short(value), ha="center", va="center", fontsize=13, zorder=4)
    lines(axes, drawn, one)


def lines(axes: Axes, drawn: dict, one: OneWeight) -> None:
    """What each step of the chain rule is, from the loss back."""
    sent = "  +  ".join(f"({w:.2f})({dz:.2f})" for w, dz in zip(one.after, one.dz, strict=True)).replace("-", "−")
    text = [
        ("outputs", "dz = p − 1 for the right class, p for the others:  " + "  ".join(f"{dz:+.2f}" for dz in one.dz)),
        ("unit", f"dh = Σ w dz = {sent} = {one.dh():.2f}"),
        ("bend", f"dz = dh (1 − h²) = {one.dh():.2f} × {one.bend():.2f} = {one.dz_b():.2f}"),
        ("weight", f"dw = h dz = {one.h_a:.2f} × {one.dz_b():.2f} = {one.dw():.2f}"),
        ("autograd", f"{drawn['by autograd'][-2][one.a][one.b]:.6f}"),
    ]
    for i, (name, line) in enumerate(text):
        axes.text(2.7, 1.6 - 0.8 * i, f"{name}: {line}", fontsize=15, va="center")


def differences(axes: Axes, runs: list[Run], small: str, sizes: list[float]) -> None:
    """The largest error over the step, a line for each kind."""
    axes.set(xscale="log", yscale="log", xlabel="step h", ylabel="error / largest slope")
    axes.set_title("Differences of losses")
    for name, (color, dash, label) in KINDS.items():
        points = curve(runs, small, lambda run, name=name: run.extra[name])
        if points:
            x = sizes[: len(points)]
            band(axes, x, points, {"color": color, "linestyle": dash})


def side_by_side(axes: Axes, runs: list[Run]) -> None:
    """The loss by step, by hand and by autograd."""
    axes.set(title="A thousand steps on MNIST", xlabel="step", ylabel="loss of the batch")
    for run in runs:
        if run.curves:
            x = range(1, len(run.curves["by hand"]) + 1)
            axes.plot(x, run.curves["by hand"], color=HAND, linewidth=5, alpha=0.5)
            axes.plot(x, run.curves["autograd"], color=AUTOGRAD, linewidth=0.8)
