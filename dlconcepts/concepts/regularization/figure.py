"""The figure of the concept `regularization`: accuracy by way, the loss by epoch, the weights under L1."""

from statistics import fmean

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...drawing.lines import COLORS, band, label_ends
from ...drawing.panels import INTERVALS, curve, of, spread_of
from ...drawing.render import words
from ...evidence.records import Run

TRAINING, TEST, ZERO = COLORS[1], COLORS[0], COLORS[2]
FOLLOWED = {"none": (COLORS[2], "-"), "shifted images": (COLORS[5], "--")}


def draw_panels(
    figure: Figure, runs: list[Run], title: str, ways: list[str], strong: tuple[str, str], edge: float
) -> None:
    """ways: the arms beside "none"; strong: the two whose weights are shown, between -edge and edge."""
    seeds = len({run.seed for run in runs})
    how = "1,000 training digits, each seed its own; strengths tuned on the validation split, one learning rate"
    words(figure, title, f"MNIST, {seeds} seeds, {how}.\nBars and bands: {INTERVALS}")
    grid = figure.add_gridspec(2, 3, width_ratios=[1.15, 1, 0.9])
    gaps(figure.add_subplot(grid[:, 0]), runs, ["none", *ways])
    losses(figure.add_subplot(grid[:, 1]), runs)
    top, bottom = figure.add_subplot(grid[0, 2]), figure.add_subplot(grid[1, 2])
    for axes, label, name in zip((top, bottom), strong, ("plain steps", "proximal steps"), strict=True):
        weights(axes, of(runs, label), edge, name)
    bottom.set_xlabel("weight")
    top.tick_params(labelbottom=False)


def gaps(axes: Axes, runs: list[Run], labels: list[str]) -> None:
    """A line from the accuracy on test digits to that on training digits, best on test first."""
    found = {
        label: (spread_of(runs, label, test), spread_of(runs, label, training))
        for label in labels
        if spread_of(runs, label, test)
    }
    order = sorted(found, key=lambda label: -found[label][0][0])
    for place, label in enumerate(order):
        (a, *test_range), (b, *training_range) = found[label]
        axes.plot([a, b], [place, place], color="#cccccc", linewidth=2, zorder=1)
        for mean, ends, color, marker in [(a, test_range, TEST, "o"), (b, training_range, TRAINING, "s")]:
            axes.plot(ends, [place, place], color=color, linewidth=7, alpha=0.4, solid_capstyle="butt")
            axes.plot(mean, place, marker, color=color, markersize=8)
        axes.text((a + b) / 2, place - 0.16, f"gap {b - a:.1f}", ha="center", va="bottom", fontsize=13, color="#555555")
    axes.set_yticks(range(len(order)), order)
    axes.set_ylim(len(order) - 0.5, -0.8)
    axes.grid(axis="y", visible=False)
    axes.set(title="Test ● and training ■ digits", xlabel="accuracy, %")


def losses(axes: Axes, runs: list[Run]) -> None:
    """Training and validation loss by epoch of two arms, and what early stopping kept."""
    axes.set(title="Loss by epoch", xlabel="epoch", ylabel="loss", ylim=(0, 1))
    ends, colors = {}, {}
    for label, (color, dash) in FOLLOWED.items():
        for name, width in [("training", 1.5), ("validation", 3)]:
            points = curve(runs, label, lambda run, name=name: run.curves[f"{name} loss"])
            if points:
                band(axes, range(1, len(points) + 1), points, {"color": color, "linestyle": dash, "linewidth": width})
                ends[f"{label},\n{name}"] = (len(points), points[-1][0])
                colors[f"{label},\n{name}"] = color
    label_ends(axes, ends, colors, gap=0.09)
    kept = [lowest(run.curves["validation loss"]) for run in of(runs, "early stopping")]
    if kept:
        x, y = (fmean(values) for values in zip(*kept, strict=True))
        axes.plot(x, y, "*", color="#333333", markersize=18)
        arrow = {"arrowstyle": "-", "color": "#333333"}
        place = {"xytext": (0.5, 0.55), "textcoords": "axes fraction", "fontsize": 13, "arrowprops": arrow}
        axes.annotate("early stopping\nkeeps this", (x, y), **place)


def lowest(losses: list[float]) -> tuple[int, float]:
    """The epoch of the lowest loss, from 1, and the loss."""
    return min(enumerate(losses, 1), key=lambda row: row[1])


def weights(axes: Axes, runs: list[Run], edge: float, name: str) -> None:
    """How many weights have which value, on average over the runs, and how many are exactly 0."""
    axes.set(title=f"Strong L1, {name}", yscale="log", ylabel="weights", xlim=(-edge, edge), axisbelow=True)
    if not runs:
        return
    counts = [fmean(bin) for bin in zip(*(run.extra["histogram"] for run in runs), strict=True)]
    share, zeros = (fmean(run.extra[name] for run in runs) for name in ("zeros", "exact zeros"))
    width = 2 * edge / len(counts)
    axes.bar([-edge + (i + 0.5) * width for i in range(len(counts))], counts, width, color="#9c9ca1")
    axes.bar(0, zeros, width / 2, color=ZERO)
    style = {"color": ZERO, "fontsize": 15, "fontweight": "bold", "ha": "right", "va": "top"}
    axes.text(0.98, 0.95, f"{100 * share:.2g} % are\nexactly 0", transform=axes.transAxes, **style)


def test(run: Run) -> float:
    """Test accuracy in percent."""
    return 100 * run.final["test accuracy"]


def training(run: Run) -> float:
    """Accuracy on the model's own training digits in percent."""
    return 100 * run.extra["training accuracy"]
