"""The figure of the concept `features`: the ladder, the loop rule and its cut-off, what first layers look for."""

from statistics import fmean

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec

from ...drawing.lines import COLORS, LINES, band, label_ends
from ...drawing.panels import INTERVALS, of
from ...drawing.render import words
from ...evidence.judge import interval
from ...evidence.records import Run, Verdict

LEARNERS = {  # the learner: what it is called at its line's end, its colour and line
    "linear on measurements": ("11 measurements", COLORS[3], LINES[3]),
    "linear on pixels": ("pixels", COLORS[4], LINES[1]),
    "nearest neighbours": ("neighbours", COLORS[5], LINES[2]),
    "MLP": ("MLP", COLORS[1], LINES[4]),
    "linear on HOG": ("HOG", COLORS[2], LINES[1]),
    "CNN": ("CNN", COLORS[0], LINES[0]),
}
DARK = "#333333"
SWEPT = "gaps of 2 pixels closed"  # the way to close gaps that is shown
RIVALS = {"best cut-off": (SWEPT, "wrong on test"), "CNN": ("CNN", "mixed up")}  # who errs: where it is found
KINDS = {  # the error: its colour, its line and where it is named
    "zeros called sixes": (COLORS[0], "-", 0.65, 42),
    "sixes called zeros": (COLORS[1], "--", 0.03, 58),
}


def title(found: dict[str, Verdict]) -> str:
    """The finding, as the verdict has it."""
    parts = found["features.learned-win"].parts
    if any(part.effect is None for part in parts.values()):
        return "Features, learned or hand-made: not shown, too few seeds or a model diverged"
    return f"The CNN is shown to beat hand-made HOG {where_won(parts, 'CNN')}, the MLP {where_won(parts, 'MLP')}"


def where_won(parts: dict[str, Verdict], network: str) -> str:
    """At which sizes a network beats the hand-made features."""
    rows = {name.split(" digits")[0]: part for name, part in parts.items() if f": {network} over" in name}
    won = [n for n, part in rows.items() if part.outcome == "supported"]
    if not won:
        return "nowhere"
    if won == list(rows)[-1:]:
        return f"only with {won[0]} digits"
    if won == list(rows)[-len(won) :]:
        return "at every size" if len(won) == len(rows) else f"from {won[0]} digits on"
    return f"at {len(won)} of {len(rows)} sizes"


def alt(found: dict[str, Verdict]) -> str:
    """The figure in words, for those who do not see it."""
    return (
        f"{title(found)}. Three panels: test error over the number of training digits for rules, linear classifiers on "
        "eleven measurements, on pixels and on HOG, nearest neighbours, an MLP and a CNN; the share of zeros and sixes "
        "that the loop rule gets wrong over its cut-off, with ten of them as pictures; and first-layer weights of the "
        "MLP and kernels of the CNN as pictures."
    )


def draw_panels(figure: Figure, runs: list[Run], finding: str, sizes: list[int]) -> None:
    """sizes: the rungs of the ladder."""
    seeds, fewer = len({run.seed for run in runs}), len({run.seed for run in runs if run.label.startswith("CNN")})
    how = (
        f"MNIST, {seeds} seeds (CNN: {fewer}), each with its own digits. Pixels, HOG, measurements: linear classifiers;"
    )
    more = f"rates tuned at two sizes; 400 to 4,000 steps. Pictures: first seed.\nBands: {INTERVALS}"
    words(figure, finding, f"{how} {more}")
    grid = figure.add_gridspec(1, 3, width_ratios=[1.35, 1, 0.8])
    ladder(figure.add_subplot(grid[0]), runs, sizes)
    loop_rule(figure, grid[1], runs)
    first_layers(figure, grid[2], runs)


def spread(values: list[float]) -> tuple[float, float, float]:
    """Mean and interval; a single value is both."""
    return interval(values) if len(values) > 1 else (values[0],) * 3


def error(run: Run) -> float:
    return 100 - 100 * run.final["test accuracy"]


def ladder(axes: Axes, runs: list[Run], sizes: list[int]) -> None:
    """Test errors of each learner over the number of its training digits, and of the rules, which need none."""
    axes.set(xscale="log", yscale="log", title="More digits to learn from", xlabel="training digits")
    axes.set(ylabel="test error, %", ylim=(1, 45), xlim=(80, 60_000))
    ends, colors = {}, {}
    for learner, (name, color, line) in LEARNERS.items():
        points = {n: [error(run) for run in of(runs, f"{learner}, {n} digits")] for n in sizes}
        points = {n: spread(found) for n, found in points.items() if found}
        if points:
            band(axes, list(points), list(points.values()), {"color": color, "linestyle": line})
            ends[name] = (max(points), points[max(points)][0])
            colors[name] = color
    rules = [error(run) for run in of(runs, "rules")]
    if rules:
        axes.plot(sizes, [fmean(rules)] * len(sizes), color=DARK, linestyle=LINES[5])
        ends["rules"], colors["rules"] = (sizes[-1], fmean(rules)), DARK
    axes.set_xticks(sizes, [f"{n:,}" for n in sizes])
    axes.set_yticks([1, 2, 5, 10, 20, 40], ["1", "2", "5", "10", "20", "40"])
    axes.minorticks_off()
    label_ends(axes, ends, colors)


def loop_rule(figure: Figure, place: SubplotSpec, runs: list[Run]) -> None:
    """What each cut-off gets wrong, and how much the best one; below, test digits that it gets wrong."""
    grid = place.subgridspec(2, 1, height_ratios=[1.3, 1])
    top, bottom = figure.add_subplot(grid[0]), figure.add_subplot(grid[1])
    top.set(title="Zero or six by its loop's height?", xlabel="cut-off: loop / digit height")
    top.set(ylabel="called wrong, %", xlim=(0, 1), ylim=(0, 60), xticks=[0.2, 0.4, 0.6, 0.8, 1.0])
    for run in [run for run in of(runs, SWEPT) if "zeros" in run.extra]:
        for kind, (color, line, x, y) in KINDS.items():
            found = run.extra[kind]
            top.plot(np.linspace(0, 1, len(found)), found, color=color, linestyle=line)
            top.text(x, y, kind.replace(" ", "\n"), color=color, fontsize=14, fontweight="bold", va="top")
        top.axvline(run.extra["cut-off"], color=DARK, linewidth=1.5, linestyle=":")
        mosaic(bottom, [centre(image) for name in ("zeros", "sixes") for image in run.extra[name]], 2, "gray_r")
    bottom.set_title("Wrong at the best cut-off")
    found = {name: mean_of(runs, *where) for name, where in RIVALS.items()}
    lines = [f"{name} {mean:.2g} %" for name, mean in found.items() if mean is not None]
    place = {"transform": top.transAxes, "ha": "right", "va": "bottom"}
    top.text(0.98, 0.04, "\n".join(["both kinds, test:", *lines]), **place, fontsize=14, color=DARK)


def mean_of(runs: list[Run], label: str, key: str) -> float | None:
    """The mean of what the runs, whose labels begin so, found beside their accuracy."""
    mine = [run for run in runs if run.status == "ok" and run.label.startswith(label)]
    found = [run.extra[key] for run in mine if run.extra.get(key) is not None]
    return fmean(found) if found else None


def centre(image: list[list[float]]) -> list[list[float]]:
    """An image without its dark frame of three pixels."""
    return [row[3:-3] for row in image[3:-3]]


def first_layers(figure: Figure, place: SubplotSpec, runs: list[Run]) -> None:
    """Weights of the MLP's hidden units, and the CNN's kernels: white is positive, black negative."""
    grid = place.subgridspec(2, 1, height_ratios=[1.6, 1])
    for i, (learner, rows, what) in enumerate((("MLP", 3, "what units seek"), ("CNN", 2, "its kernels"))):
        axes = figure.add_subplot(grid[i], title=f"{learner}: {what}")
        for run in [run for run in runs if run.label.startswith(learner) and "pictures" in run.extra]:
            mosaic(axes, run.extra["pictures"], rows, "gray", own_scale=True)


def mosaic(axes: Axes, images: list[list[list[float]]], rows: int, colours: str, own_scale: bool = False) -> None:
    """Images side by side in so many rows; with a scale of its own each one's middle grey is 0, its longest value 1."""
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    axes.grid(visible=False)
    if not images:
        return
    pictures = np.array(images)
    scale = np.abs(pictures).max((1, 2), keepdims=True) if own_scale else np.ones(1)
    scale[scale == 0] = 1
    edge = max(1, len(images[0]) // 14)  # between two pictures
    pictures = np.pad(pictures / scale, ((0, -len(images) % rows), (0, edge), (0, edge)), constant_values=np.nan)
    strips = pictures.reshape(rows, -1, *pictures.shape[1:]).transpose(0, 2, 1, 3)
    axes.imshow(strips.reshape(rows * strips.shape[1], -1), cmap=colours, vmin=-1 if own_scale else 0, vmax=1)
