"""The figure of the concept `backprop`: one weight's gradient by the chain rule, differences, a thousand steps."""

from math import log10

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec

from ...drawing.lines import COLORS, band
from ...drawing.panels import INTERVALS, curve, of
from ...drawing.render import words
from ...evidence.records import Run, Verdict
from ..shared.small_network_drawing import circle, connection, connections, frame, places, short, units
from .one_weight import OneWeight, one_weight

BACK, QUIET = COLORS[2], "#555555"
HAND, AUTOGRAD = COLORS[0], "#222222"
WIDE = 0.25  # a circle, where layers are 1 apart
KINDS = {  # of differences: colour, line, name and where it stands
    "central": (COLORS[0], "-", "central", (3e-10, 3e-9)),
    "one-sided": (COLORS[1], "--", "one-sided", (3e-8, 3e-4)),
    "single": (COLORS[5], ":", "central, float32", (6e-7, 0.06)),
}


def title(found: dict[str, Verdict]) -> str:
    """The finding, as the verdicts have it."""
    parts = found["backprop.chain-rule"].parts
    ours, near = parts["136 parameters: autograd's"], parts["central differences at their best step come near"]
    if ours.effect is None or near.effect is None:
        return "Gradients by the chain rule: not shown"
    if ours.outcome == near.outcome == "supported":
        best = f"finite differences only to {near.effect:.0e}"
        return f"Gradients by hand equal autograd's to {ours.effect:.0e}, {best}"
    return f"Gradients by hand, from autograd's: {ours.effect:.0e} ({ours.outcome})"


def alt(found: dict[str, Verdict]) -> str:
    """The figure in words, for those who do not see it."""
    return (
        f"{title(found)}. Three panels: the last three layers of a small network with the numbers from which the chain "
        "rule makes the gradient of one weight; the error of finite differences over their step, a V for central and "
        "one-sided ones; and the loss of a thousand steps on MNIST by hand and by autograd, on top of each other."
    )


def draw_panels(figure: Figure, runs: list[Run], title: str, small: str, steps: str, sizes: list[float]) -> None:
    """small, steps: the labels of the small networks and of the thousand steps; sizes: of the differences."""
    seeds = len({run.seed for run in runs})
    how = "Above: seed 0 of the network of 136 parameters, a training digit that it gets wrong. Right: seed 0, float64"
    words(figure, title, f"MNIST, {seeds} seeds. {how}.\nBands: {INTERVALS}")
    grid = figure.add_gridspec(2, 2, height_ratios=[1.05, 1])
    above = figure.add_subplot(grid[0, :], title="The chain rule for one weight, number by number")
    above.set_axis_off()
    drawn = [run.extra["drawn"] for run in of(runs, small) if "drawn" in run.extra]
    if drawn:
        chain(above, drawn[0])
    differences(figure.add_subplot(grid[1, 0]), runs, small, sizes)
    side_by_side(figure, grid[1, 1], of(runs, steps))


def chain(axes: Axes, drawn: dict) -> None:
    """The last layers, the way from the loss to the weight marked by steps, and the steps in numbers."""
    last = drawn["values"][-3:]
    widths = tuple(len(row) for row in last)
    frame(axes, widths, left=0.35, right=5.6, above=0.6)
    one, at = one_weight(drawn), places(widths)
    connections(axes, widths, drawn["weights"][-2:], fade=0.25)
    a, b = at[0][one.a], at[1][one.b]
    connection(axes, a, b, one.w, 1.0)
    for end, w in zip(at[2], one.after, strict=True):
        connection(axes, b, end, w, 0.6)
    units(axes, widths, last, WIDE)
    for x, name in enumerate(("hidden 4", "hidden 5", "outputs")):
        axes.text(x, max(widths) / 2 + 0.5, name, ha="center", va="top", fontsize=14)
    for (x, y), digit, p in zip(at[2], drawn["digits"], drawn["probabilities"], strict=True):
        weight = "bold" if digit == drawn["digit"] else "normal"
        axes.text(x + 0.17, y, f"a {digit}: p = {short(p)}", va="center", fontsize=14, fontweight=weight)
    mark(
        axes,
        [(2.0, at[2][0][1] + 0.62), (1.55, middle(b, at[2][-1], 0.55)), (1.0, b[1] - 0.62), (0.5, middle(a, b, 0.5))],
    )
    told(axes, drawn, one)


def middle(a: tuple[float, float], b: tuple[float, float], share: float) -> float:
    """The height at which a line from a to b stands after so much of its way."""
    return a[1] + share * (b[1] - a[1])


def mark(axes: Axes, at: list[tuple[float, float]]) -> None:
    """The numbers of the steps, where in the network they are made."""
    for i, (x, y) in enumerate(at, start=1):
        number(axes, x, y, i)


def number(axes: Axes, x: float, y: float, i: int) -> None:
    """A step's number in a small circle."""
    circle(axes, x, y, BACK, 1.0, 0.11, edge="white")
    axes.patches[-1].set_height(0.4)
    axes.text(x, y - 0.02, str(i), color="white", ha="center", va="center", fontsize=13, fontweight="bold", zorder=5)


def told(axes: Axes, drawn: dict, one: OneWeight) -> None:
    """Each step in words, letters and numbers; at the end what torch says."""
    right = drawn["digits"].index(drawn["digit"])
    minus = [f"{three(p)} − 1" if k == right else three(p) for k, p in enumerate(drawn["probabilities"])]
    found = drawn["by autograd"][-2][one.a][one.b]
    sent = " + ".join(f"{three(w)}×{three(dz)}" for w, dz in zip(one.after, one.dz, strict=True))
    steps = [
        ("outputs", "dz = p − 1 or p", f"{',  '.join(minus)}  =  {',  '.join(map(three, one.dz))}"),
        ("unit", "dh = Σ w dz", f"{sent} = {one.dh():.3f}"),
        ("its sum", "dz = dh (1 − h²)", f"{one.dh():.3f}×(1 − {three(one.h_b)}²) = {one.dz_b():.3f}"),
        ("weight", "dw = h dz", f"{three(one.h_a)}×{one.dz_b():.3f} = {one.dw():.3f}"),
    ]
    top = places((4, 3, 3))[0][0][1] + 0.55
    for i, (name, letters, numbers) in enumerate(steps):
        y = top - 0.92 * i
        number(axes, 3.0, y, i + 1)
        axes.text(3.1, y, name, va="center", fontsize=15, fontweight="bold", color=BACK)
        axes.text(3.72, y, letters, va="center", fontsize=15)
        axes.text(4.7, y, numbers.replace("-", "−"), va="center", fontsize=14)
    by_hand = f"{one.dw():.5f} by hand".replace("-", "−")
    axes.text(4.7, top - 3.55, f"{by_hand},  {found:.5f} by autograd".replace("-", "−"), va="center", fontsize=15)


def three(value: float) -> str:
    """A number as a factor, exact enough that the next line follows from this one: (−.757)."""
    text = f"{value:.3f}".replace("0.", ".", 1) if abs(value) < 0.9995 else f"{value:.3f}"
    return f"({text})".replace("-", "−") if value < 0 else text


def differences(axes: Axes, runs: list[Run], small: str, sizes: list[float]) -> None:
    """The largest error over the step, a line for each kind; means and intervals of the logarithms."""
    axes.set(xscale="log", yscale="log", xlabel="step h", ylabel="error / largest gradient")
    axes.set_title("Finite differences: error by step size")
    for name, (color, dash, label, place) in KINDS.items():
        points = curve(runs, small, lambda run, name=name: [log10(max(e, 1e-18)) for e in run.extra[name]])
        if points:
            spread = [tuple(10**part for part in point) for point in points]
            band(axes, sizes[: len(points)], spread, {"color": color, "linestyle": dash})
            axes.text(*place, label, color=color, fontweight="bold", ha="right" if name != "one-sided" else "left")
    axes.set(xlim=(min(sizes) / 2, 1), ylim=(1e-11, 10))


def side_by_side(figure: Figure, place: SubplotSpec, runs: list[Run]) -> None:
    """The loss by step, by hand and by autograd, and below it how far the two are apart."""
    grid = place.subgridspec(2, 1, height_ratios=[2.2, 1], hspace=0.04)
    upper, lower = figure.add_subplot(grid[0]), figure.add_subplot(grid[1])
    upper.set(title="A thousand steps on MNIST", ylabel="loss")
    upper.tick_params(labelbottom=False)
    lower.set(xlabel="step", ylabel="apart", yscale="log", ylim=(1e-18, 1e-13))
    for run in runs:
        if run.curves:
            x = range(1, len(run.curves["by hand"]) + 1)
            upper.plot(x, run.curves["by hand"], color=HAND, linewidth=5, alpha=0.45)
            upper.plot(x, run.curves["autograd"], color=AUTOGRAD, linewidth=0.8)
            lower.plot(x, [value or None for value in run.curves["apart"]], ".", color=QUIET, markersize=3)
            upper.text(
                0.98, 0.9, "by hand", transform=upper.transAxes, ha="right", va="top", color=HAND, fontweight="bold"
            )
            upper.text(0.98, 0.72, "torch.nn and autograd", transform=upper.transAxes, ha="right", va="top")
