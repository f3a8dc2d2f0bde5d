"""The figure of the concept `batch_size`: what a batch sees of the gradient, what each size learns, how fast it is."""

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from ...drawing.lines import COLORS, band, label_ends
from ...drawing.panels import INTERVALS, curve, of
from ...drawing.render import words
from ...evidence.judge import interval
from ...evidence.records import Run, Verdict
from ...images.data_set import SIDE

Lines = dict[tuple[str, str], dict[int, str]]
BUDGETS = {"epochs": COLORS[0], "steps": COLORS[2]}
NOISE = {  # by name in the runs: label and look
    "trained": ("after training", {"color": COLORS[3], "linestyle": "-"}),
    "trained, no example twice": ("the same, no digit twice", {"color": COLORS[1], "linestyle": "--"}),
    "first weights": ("before training", {"color": COLORS[4], "linestyle": "-."}),
}


PANELS = (
    "Three panels: what 1, 8, 128 and 1024 digits would change in one unit's weights, as pictures, over the noise of "
    "the gradient, which falls with the batch size; test error over the batch size within the same epochs and "
    "within the same steps, each size at its own rate and at one rate scaled; and examples per second over the size."
)


def finding(in_epochs: Verdict, in_steps: Verdict, small: int, large: int) -> str:
    """The title: by how much the small size wins within the same epochs, and the large one within the same steps."""
    if in_epochs.effect is None or in_steps.effect is None:
        return "Batch size: not shown, a model diverged"
    if in_epochs.outcome == in_steps.outcome == "supported":
        return (
            f"Same epochs: batches of {small} win by {in_epochs.effect:.1f} points. "
            f"Same steps: batches of {large} by {in_steps.effect:.1f}"
        )
    return (
        f"{small} a batch against {large}: {in_epochs.effect:+.1f} points in as many epochs ({in_epochs.outcome}), "
        f"{-in_steps.effect:+.1f} in as many steps ({in_steps.outcome})"
    )


def draw_panels(figure: Figure, runs: list[Run], title: str, lines: Lines, watched: str) -> None:
    """lines: by budget and kind of rate, the arm of each batch size; watched: the arm whose noise was measured."""
    seeds = len({run.seed for run in runs if run.label == watched})
    words(
        figure,
        title,
        f"MNIST, {seeds} seeds; 32 hidden units, rates falling to 0 along a cosine. Bands: {INTERVALS}\n"
        "Pictures: weights to raise (purple), to lower (orange). Speed: one machine, band over turns of measuring; "
        "memory: for the backward pass.",
    )
    grid = figure.add_gridspec(1, 3, width_ratios=[1.05, 1.05, 0.8])
    left = grid[0].subgridspec(2, 1, height_ratios=[1, 2.6])
    gradient_pictures(figure, left[0], runs)
    noise(figure.add_subplot(left[1]), runs, watched)
    budgets(figure.add_subplot(grid[1]), runs, lines)
    speed(figure.add_subplot(grid[2]), runs)


def gradient_pictures(figure: Figure, place: SubplotSpec, runs: list[Run]) -> None:
    """What batches of growing size would change in one unit's weights; nothing where no run has pictures."""
    axes = figure.add_subplot(place, title="What batches ask of one unit")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.grid(visible=False)
    shown = next((run.extra["pictures"] for run in runs if run.extra.get("pictures")), {})
    for i, pixels in enumerate(shown.values()):
        rows = [pixels[first : first + SIDE] for first in range(0, len(pixels), SIDE)]
        axes.imshow(rows, cmap="PuOr", vmin=-1, vmax=1, extent=(1.1 * i, 1.1 * i + 1, 0, 1))
    axes.set(xlim=(-0.05, 1.1 * max(1, len(shown))), yticks=[])
    axes.set_xticks(
        [1.1 * i + 0.5 for i in range(len(shown))], [f"{name} digits" if name == "8" else name for name in shown]
    )


def noise(axes: Axes, runs: list[Run], watched: str) -> None:
    """The relative noise over the batch size, both axes logarithmic."""
    axes.set(xlabel="batch size", ylabel="noise relative to the gradient", xscale="log", yscale="log")
    for name, (label, look) in NOISE.items():
        mine = [run for run in of(runs, watched) if name in run.extra.get("noise", {})]
        points = curve(mine, watched, lambda run, name=name: run.extra["noise"][name].values())
        if points:
            band(axes, [int(B) for B in mine[0].extra["noise"][name]], points, {**look, "label": label})
            axes.legend(loc="lower left", frameon=False, fontsize=14)
    ticks(axes.xaxis, [8, 32, 128, 512])
    ticks(axes.yaxis, [0.1, 0.3, 1, 3, 10])


def budgets(axes: Axes, runs: list[Run], lines: Lines) -> None:
    """What each size fails to learn within the same epochs, and within the same steps.

    On a logarithmic axis a few points among the best and the failures show side by side.
    """
    axes.set(xlabel="batch size", ylabel="test error, %: lower is better", xscale="log", yscale="log")
    axes.set(title="How well each size learns")
    ends, colors = {}, {}
    for (budget, rates), arms in lines.items():
        errors = {B: [100 - 100 * run.final["test accuracy"] for run in of(runs, label)] for B, label in arms.items()}
        points = {B: interval(values) for B, values in errors.items() if len(values) > 1}
        own = rates == "own rate"
        label = f"same {budget}" + ("" if own else ",\none rate scaled")
        if points:
            look = {"color": BUDGETS[budget], "linestyle": "-" if own else "--", "marker": "o" if own else "."}
            band(axes, list(points), list(points.values()), look)
            ends[label], colors[label] = (max(points), points[max(points)][0]), look["color"]
    ticks(axes.xaxis, list(next(iter(lines.values()))))
    ticks(axes.yaxis, [1, 2, 3, 5, 10, 20, 30, 50, 90])
    label_ends(axes, ends, colors, 0.1)


def speed(axes: Axes, runs: list[Run]) -> None:
    """Examples per second over the batch size; under each size the memory that it takes."""
    axes.set(
        xlabel="batch size, memory of its pass",
        ylabel="thousand examples a second",
        xscale="log",
        title="How fast it is",
    )
    rates = [run.timing["examples per second"] for run in runs if run.label == "throughput"]
    if len(rates) > 1:
        sizes = list(rates[0])
        points = [interval([row[B] / 1000 for row in rates]) for B in sizes]
        band(axes, [int(B) for B in sizes], points, {"color": "#333333", "marker": "o"})
        axes.set_ylim(0)
    saved = next((run.extra["fully connected"] for run in runs if run.label == "memory"), {})
    shown = [B for i, B in enumerate(saved) if i and i % 2 == 0]
    ticks(axes.xaxis, [int(B) for B in shown], [f"{B}\n{size(saved[B]['activations'])}" for B in shown])


def size(count: int) -> str:
    """Bytes as people say them: 27 kB, 6.8 MB."""
    value, unit = (count / 1e6, "MB") if count >= 1e6 else (count / 1e3, "kB")
    return f"{value:.0f} {unit}" if value >= 9.95 else f"{value:.1f} {unit}"


def ticks(axis: Axis, places: list[float], labels: list[str] | None = None) -> None:
    """Plain numbers on a logarithmic axis, and none of its small ticks."""
    axis.set_major_locator(FixedLocator(places))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FixedFormatter(labels or [f"{place:g}" for place in places]))
