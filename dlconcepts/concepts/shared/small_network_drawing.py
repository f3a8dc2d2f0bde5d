"""A small network as circles and lines: numbers in its units, its connections as thick as they are strong.

Places are a formula; colours, widths and words are the record's.
"""

from collections.abc import Iterator

from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Ellipse

from ...drawing.lines import COLORS, by_formula

UP, DOWN = COLORS[0], COLORS[1]  # more than 0, less than 0
SOLID, DASHED = "-", (0, (3, 1))  # the same in grey
THICKEST = 6.0
Place = tuple[float, float]
Rows = list[list[float]]


def places(widths: tuple[int, ...]) -> list[list[Place]]:
    """Where each unit is drawn, layer by layer: x from 0, y around 0, one apart, the first unit on top."""
    return [[(x, (n - 1) / 2 - j) for j in range(n)] for x, n in enumerate(widths)]


def frame(axes: Axes, widths: tuple[int, ...], left: float, right: float, above: float = 0.0) -> None:
    """Room for the units, and for what stands left, right and above of them; no ticks."""
    high = max(widths) / 2
    axes.set(xlim=(-left, len(widths) - 1 + right), ylim=(-high, high + above))
    axes.set_axis_off()


def joined(widths: tuple[int, ...], weights: list[Rows]) -> Iterator[tuple[Place, Place, float]]:
    """Each connection: from where, to where, and its number."""
    at = places(widths)
    for layer, W in enumerate(weights):
        for i, row in enumerate(W):
            for j, w in enumerate(row):
                yield at[layer][i], at[layer + 1][j], w


def connections(axes: Axes, widths: tuple[int, ...], weights: list[Rows], fade: float = 1.0) -> None:
    """A line per number: its width the number's size within its layer, dashed and orange where it is below 0."""
    largest = [max(abs(w) for row in W for w in row) or 1.0 for W in weights]
    for a, b, w in joined(widths, weights):
        connection(axes, a, b, w, abs(w) / largest[int(a[0])], fade)


def connection(axes: Axes, a: Place, b: Place, w: float, share: float, fade: float = 1.0) -> None:
    """One line."""
    (line,) = axes.plot(*zip(a, b, strict=True), color=UP if w > 0 else DOWN, zorder=1)
    line.set(linewidth=0.4 + (THICKEST - 0.4) * share, linestyle=SOLID if w > 0 else DASHED)
    line.set_alpha(fade * (0.25 + 0.65 * share))
    by_formula(line)


def units(axes: Axes, widths: tuple[int, ...], numbers: Rows, wide: float) -> None:
    """A circle per unit with its number; the stronger the colour, the larger the number within its layer."""
    for row, values in zip(places(widths), numbers, strict=True):
        largest = max(map(abs, values)) or 1.0
        for (x, y), value in zip(row, values, strict=True):
            circle(axes, x, y, UP if value > 0 else DOWN, 0.5 * abs(value) / largest, wide)
            axes.text(x, y - 0.03, short(value), ha="center", va="center", fontsize=14, zorder=4)


def circle(axes: Axes, x: float, y: float, color: str, strength: float, wide: float, edge: str = "#444444") -> None:
    """A unit `wide` across, as high as the rows allow; opaque, so that no line shows through."""
    shade = tuple(1 - strength * (1 - part) for part in to_rgb(color))
    face = Ellipse((x, y), wide, 0.84, facecolor=shade, edgecolor=edge, linewidth=1.2, zorder=3)
    by_formula(axes.add_patch(face))


def short(value: float) -> str:
    """-0.87 as −.87 and 3.42 as 3.4: every letter counts inside a circle."""
    text = f"{value:.2f}" if abs(value) < 0.995 else f"{value:.1f}"
    return text.replace("0.", ".", 1).replace("-", "−") if abs(value) < 0.995 else text.replace("-", "−")
