"""A small network as circles and lines: numbers in its units, its connections as thick as they are strong.

Places are a formula; colours, widths and words are the record's.
"""

from collections.abc import Iterator

from matplotlib.axes import Axes
from matplotlib.patches import Ellipse

from ..plot import COLORS, by_formula

UP, DOWN = COLORS[0], COLORS[1]  # more than 0, less than 0
THICKEST = 6.0
WIDE = 0.36  # of a unit, where layers are 1 apart
Place = tuple[float, float]


def places(widths: tuple[int, ...]) -> list[list[Place]]:
    """Where each unit is drawn, layer by layer: x from 0, y around 0, one apart, the first unit on top."""
    return [[(x, (n - 1) / 2 - j) for j in range(n)] for x, n in enumerate(widths)]


def frame(axes: Axes, widths: tuple[int, ...], left: float = 0.6, right: float = 0.6, above: float = 0.0) -> None:
    """Room for the units and for what stands beside them; no ticks."""
    high = max(widths) / 2
    axes.set(xlim=(-left, len(widths) - 1 + right), ylim=(-high - 0.1, high + 0.1 + above))
    axes.set_axis_off()


def joined(widths: tuple[int, ...], weights: list[list[list[float]]]) -> Iterator[tuple[Place, Place, float]]:
    """Each connection: from where, to where, and its number."""
    at = places(widths)
    for layer, W in enumerate(weights):
        for i, row in enumerate(W):
            for j, w in enumerate(row):
                yield at[layer][i], at[layer + 1][j], w


def connections(axes: Axes, widths: tuple[int, ...], weights: list[list[list[float]]], fade: float = 1.0) -> None:
    """A line per weight: its width the weight's size within its layer, dashed and orange where it is below 0."""
    largest = [max(abs(w) for row in W for w in row) or 1.0 for W in weights]
    for a, b, w in joined(widths, weights):
        share = abs(w) / largest[int(a[0])]
        look = {"color": UP if w > 0 else DOWN, "linestyle": "-" if w > 0 else (0, (3, 1))}
        (line,) = axes.plot(*zip(a, b, strict=True), linewidth=0.4 + (THICKEST - 0.4) * share, zorder=1, **look)
        line.set_alpha(fade * (0.25 + 0.65 * share))
        by_formula(line)


def units(axes: Axes, widths: tuple[int, ...], numbers: list[list[float]], form: str = "{:+.2f}") -> None:
    """A circle per unit with its number; the stronger the colour, the larger the number within its layer."""
    for row, values in zip(places(widths), numbers, strict=True):
        largest = max(map(abs, values)) or 1.0
        for (x, y), value in zip(row, values, strict=True):
            unit(axes, x, y, value, abs(value) / largest)
            axes.text(x, y - 0.02, short(value, form), ha="center", va="center", fontsize=13, zorder=4)


def unit(axes: Axes, x: float, y: float, value: float, share: float) -> None:
    """A circle, white beneath its colour so that no line shows through."""
    for color, alpha, edge, z in [("white", 1.0, "none", 2), (UP if value > 0 else DOWN, 0.55 * share, "#444444", 3)]:
        circle = Ellipse((x, y), WIDE, 0.8, zorder=z, linewidth=1.2)
        circle.set_facecolor((color, alpha) if color != "white" else color)
        circle.set_edgecolor(edge)
        by_formula(axes.add_patch(circle))


def short(value: float, form: str = "{:+.2f}") -> str:
    """-0.87 as −.87: every letter counts inside a circle."""
    return form.format(value).replace("+0.", "+.").replace("-0.", "-.").replace("-", "−")
