"""Lines told apart, with their intervals around them and their labels at their ends."""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

# petroff6: M. A. Petroff, "Accessible color sequences for data visualization", 2021, arXiv:2107.02270
COLORS = ("#5790fc", "#f89c20", "#e42536", "#964a8b", "#9c9ca1", "#7a21dd")
LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)))  # read in grey, too


def looks(labels: list[str]) -> dict[str, dict]:
    """A colour and a line style for each label, the same in every panel. Raises ValueError for more than six."""
    if len(labels) > len(COLORS):
        raise ValueError(f"{len(labels)} lines: at most {len(COLORS)} can be told apart; use a heat map")
    pairs = zip(COLORS, LINES, strict=True)
    return {label: {"color": c, "linestyle": line} for label, (c, line) in zip(labels, pairs, strict=False)}


def by_formula(*artists: Artist) -> None:
    """Declares lines, or whole panels, as drawn from a formula; all that is not must follow the record: tests ask."""
    for artist in artists:
        artist.by_formula = True


def band(axes: Axes, x: list[float], curves: list[tuple[float, float, float]], look: dict) -> None:
    """A line through the means of (mean, low, high), and its interval around it."""
    mean, low, high = zip(*curves, strict=True)
    axes.plot(x, mean, **look)
    axes.fill_between(x, low, high, color=look["color"], alpha=0.2, linewidth=0)


def label_ends(axes: Axes, ends: dict[str, tuple[float, float]], colors: dict[str, str], gap: float = 0.06) -> None:
    """Each line's label to the right of its end (x, y), moved apart until `gap` of the height lies between two.

    Drawn last: it goes by the axes' limits and scales as they are now.
    """
    low, high = axes.get_ylim()
    inside = {name: (x, min(max(y, low), high)) for name, (x, y) in ends.items()}  # a line may end out of sight
    to_axes = axes.transData - axes.transAxes
    names = sorted(ends, key=lambda name: ends[name][1])
    places = spread([float(to_axes.transform(inside[name])[1]) for name in names], gap)
    for name, place in zip(names, places, strict=True):
        x, y = inside[name]
        axes.annotate(
            name,
            xy=(x, y),
            xytext=(1.05, place),
            textcoords="axes fraction",
            va="center",
            color=colors[name],
            fontweight="bold",
            arrowprops={"arrowstyle": "-", "color": colors[name], "relpos": (0, 0.5), "shrinkA": 1, "shrinkB": 0},
            annotation_clip=False,
        )


def spread(places: list[float], gap: float) -> list[float]:
    """Ascending places moved as little as need be until neighbours are `gap` apart: blocks around their mean."""
    blocks: list[tuple[float, int]] = []  # (centre, members)
    for place in places:
        centre, count = place, 1
        while blocks and blocks[-1][0] + gap * blocks[-1][1] / 2 > centre - gap * count / 2:
            other, n = blocks.pop()
            centre, count = (other * n + centre * count) / (n + count), n + count
        blocks.append((centre, count))
    return [float(c + gap * (i - (n - 1) / 2)) for c, n in blocks for i in np.arange(n)]
