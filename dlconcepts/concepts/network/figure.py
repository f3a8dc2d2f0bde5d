"""The figure of the concept `network`: one pass forward and back through a small one, and what depth buys."""

from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...drawing.lines import COLORS, LINES, band, by_formula, label_ends
from ...drawing.panels import INTERVALS, of, spread_of
from ...drawing.render import words
from ...evidence.judge import accuracy
from ...evidence.records import Run, Verdict
from ..shared.small_network_drawing import connections, frame, places, units

WIDE = 0.46  # a circle, where layers are 1 apart
LEFT, RIGHT = 1.75, 1.15  # room for the image and for the answer


def title(found: dict[str, Verdict]) -> str:
    """The finding, as the verdicts have it."""
    net, shapes = found["network.article-net"], found["network.depth-width"].parts
    deeper = [part for name, part in shapes.items() if "hidden layers gain on 1" in name]
    if any(part.effect is None for part in [*deeper, *net.parts.values()]):
        return "Layers and units: not shown, a model diverged"
    learned = "136 parameters learn three digits" if net.outcome == "supported" else f"136 parameters: {net.outcome}"
    gained = sum(part.outcome == "supported" for part in deeper)
    lost = sum(part.outcome == "refuted" for part in deeper)
    if lost == len(deeper):
        return f"{learned}; more layers at equal size gain under {deeper[0].threshold:g} points"
    return f"{learned}; at equal size more layers gain in {gained} of {len(deeper)} cases"


def alt(found: dict[str, Verdict]) -> str:
    """The figure in words, for those who do not see it."""
    return (
        f"{title(found)}. Three panels: the small network with the numbers of one digit on its way forward, circles "
        "with activations joined by lines as thick as the weights; the same network with the gradients of the loss on "
        "their way back; and test accuracy over the number of hidden layers at three numbers of parameters."
    )


def draw_panels(figure: Figure, runs: list[Run], title: str, small: str, grid: dict[int, dict[int, str]]) -> None:
    """small: the label of the small networks; grid: by number of parameters and depth, the arm."""
    seeds = len({run.seed for run in runs})
    how = "Left: seed 0, a training digit that it gets wrong; inputs: the quarters' brightness, standardized; no biases"
    below = f"drawn; lines: dashed below 0. Right: {seeds} seeds, 2 epochs, rates tuned per arm. Bands: {INTERVALS}"
    words(figure, title, f"MNIST. {how}\n{below}")
    at = figure.add_gridspec(2, 2, width_ratios=[2.25, 1], height_ratios=[1.13, 1])
    forward, back = figure.add_subplot(at[0, 0]), figure.add_subplot(at[1, 0])
    drawn = [run.extra["drawn"] for run in of(runs, small) if "drawn" in run.extra]
    for axes, panel in [(forward, forward_panel), (back, backward_panel)]:
        axes.set_axis_off()
        if drawn:
            panel(axes, drawn[0])
    depth_panel(figure.add_subplot(at[:, 1]), runs, grid)


def forward_panel(axes: Axes, drawn: dict) -> None:
    """The digit, what every unit hands on, the outputs' shares; above each layer its parameters."""
    axes.set_title("Forward: each unit's activation; lines: weights", pad=4)
    widths = tuple(len(row) for row in drawn["values"])
    frame(axes, widths, LEFT, RIGHT, above=0.75)
    connections(axes, widths, drawn["weights"])
    units(axes, widths, drawn["values"], WIDE)
    image(axes, drawn["image"])
    counts = [0, *((a + 1) * b for a, b in pairwise(widths))]
    for x, count in enumerate(counts):
        name = "inputs" if x == 0 else "outputs" if x == len(widths) - 1 else f"hidden {x}"
        axes.text(x, max(widths) / 2 + 0.62, f"{name}\n{count} par.", ha="center", va="top", fontsize=13, linespacing=1)
    for (x, y), digit, p in zip(places(widths)[-1], drawn["digits"], drawn["probabilities"], strict=True):
        weight = "bold" if digit == drawn["digit"] else "normal"
        axes.text(x + 0.3, y, f"a {digit}: {100 * p:.0f} %", va="center", fontsize=15, fontweight=weight)


def image(axes: Axes, pixels: list[list[float]]) -> None:
    """The digit left of the inputs, cut into its quarters."""
    wide, high, right = 1.1, 3.6, -0.45
    extent = (right - wide, right, -high / 2, high / 2)
    axes.imshow(pixels, cmap="Greys", extent=extent, aspect="auto", zorder=1)
    for x, y in [((extent[0], extent[1]), (0, 0)), ((right - wide / 2,) * 2, extent[2:])]:
        by_formula(*axes.plot(x, y, color=COLORS[2], linewidth=1.5, zorder=2))


def backward_panel(axes: Axes, drawn: dict) -> None:
    """The loss's gradient by every activation, and by every weight."""
    axes.set_title("Backward: the loss's gradient by each activation; lines: by each weight", pad=4)
    widths = tuple(len(row) for row in drawn["values"])
    frame(axes, widths, LEFT, RIGHT)
    connections(axes, widths, drawn["weight slopes"])
    units(axes, widths, drawn["slopes"], WIDE)
    x, y = places(widths)[-1][len(places(widths)[-1]) // 2]
    axes.text(x + 0.3, y, f"loss\n{drawn['loss']:.2f}", va="center", fontsize=15)


def depth_panel(axes: Axes, runs: list[Run], grid: dict[int, dict[int, str]]) -> None:
    """Accuracy over depth, a line for each number of parameters."""
    axes.set(title="More layers, as many parameters", xlabel="hidden layers", ylabel="test accuracy, %")
    ends, colors = {}, {}
    looks = list(zip((COLORS[0], COLORS[2], COLORS[5]), LINES, strict=False))
    for (count, labels), (color, line) in zip(reversed(grid.items()), looks, strict=False):
        found = {depth: spread_of(runs, label, accuracy) for depth, label in labels.items()}
        points = {place: point for place, point in enumerate(found.values()) if point}
        if points:
            band(axes, list(points), list(points.values()), {"color": color, "linestyle": line, "marker": "o"})
            name = f"{round(count, -3):,}\nparameters"
            ends[name] = (list(points)[-1], list(points.values())[-1][0])
            colors[name] = color
    depths = list(next(iter(grid.values())))
    axes.set_xticks(range(len(depths)), depths)
    label_ends(axes, ends, colors, gap=0.1)
