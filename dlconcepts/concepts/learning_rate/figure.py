"""The figure of the concept `learning_rate`: the bowl of rates, the edge, the schedules."""

from collections.abc import Callable

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...drawing.lines import COLORS, band
from ...drawing.panels import INTERVALS, of
from ...drawing.render import words
from ...evidence.judge import interval
from ...evidence.records import Run, Verdict

ACCURACY, DEAD, EDGE, UP = COLORS[0], COLORS[4], COLORS[2], COLORS[1]
PEAKS = {"same peak": ("#555555", "s"), "own peak": (COLORS[5], "o")}


def title(found: dict[str, Verdict]) -> str:
    """The finding, as the verdict has it."""
    edge = found["learning_rate.low-enough"].parts["softmax regression: the edge is at 2 / largest eigenvalue"]
    if edge.outcome == "supported":
        return f"A learning rate is too high from 2 / curvature on: softmax regression, to {100 * edge.threshold:.0f} %"
    return f"Does too high a learning rate begin at 2 / curvature? ({edge.outcome})"


def alt(found: dict[str, Verdict]) -> str:
    """The figure in words, for those who do not see it."""
    return (
        f"{title(found)}. Three panels: test accuracy and the share of dead units over nine learning rates, with the "
        "predicted edge; how far softmax regression is from its minimum after steps just below and just above the "
        "edge; and test accuracy of seven schedules at one peak rate and at each one's own."
    )


def draw_panels(
    figure: Figure,
    runs: list[Run],
    title: str,
    bowl: dict[float, str],
    failed: Callable[[Run], float],
    ratios: tuple[float, ...],
    peaks: dict[str, dict[str, str]],
) -> None:
    """bowl: the arm of each rate; ratios: the rates of the edge; peaks: by kind of peak, the arm of each schedule."""
    seeds = len({run.seed for run in runs})
    how = "64 ReLU units, batches of 128, 3 epochs. Red, left: from the first weights' curvature on 100 digits"
    below = f"orange: where gradient descent on these digits first goes up. Bands and bars: {INTERVALS}"
    words(figure, title, f"MNIST, {seeds} seeds; {how};\n{below}")
    left, middle, right = figure.subplots(1, 3, width_ratios=[1.4, 0.9, 1])
    rates_panel(left, runs, bowl)
    edges(left, of(runs, "from the start"))
    failures(left, runs, bowl, failed)
    edge_panel(middle, runs, ratios)
    schedules_panel(right, runs, peaks)


def ends(runs: list[Run], label: str, get: Callable[[Run], float]) -> tuple[float, float, float] | None:
    """Mean and interval of a number of each of an arm's runs."""
    found = [get(run) for run in of(runs, label)]
    return interval(found) if len(found) > 1 else None


def rates_panel(axes: Axes, runs: list[Run], bowl: dict[float, str]) -> None:
    """Accuracy and dead units by rate, a small dot for each run."""
    for get, color, line, name, place in [
        (lambda run: 100 * run.final["test accuracy"], ACCURACY, "-", "test accuracy", (0.012, 82)),
        (lambda run: 100 * (run.extra["dead units"] or 0.0), DEAD, "--", "dead units", (0.012, 3)),
    ]:
        points = {rate: ends(runs, label, get) for rate, label in bowl.items()}
        points = {rate: found for rate, found in points.items() if found}
        if points:
            band(axes, list(points), list(points.values()), {"color": color, "linestyle": line})
        dots = [(rate, get(run)) for rate, label in bowl.items() for run in of(runs, label)]
        axes.plot([x for x, _ in dots], [y for _, y in dots], "o", color=color, markersize=4, alpha=0.5)
        axes.text(*place, name, color=color, fontweight="bold")
    axes.set_xscale("log")
    axes.set(title="One network at nine learning rates", xlabel="learning rate", ylabel="%", ylim=(-3, 103))
    axes.set_xlim(min(bowl) / 1.6, max(bowl) * 1.8)


def edges(axes: Axes, found: list[Run]) -> None:
    """Where the edge is predicted at the first weights, and where descent on all examples first goes up."""
    predicted = [run.extra["edge"] for run in found]
    ups = [run for run in found if run.extra["rose"]]
    measured = [run.extra["edge"] * run.extra[name] for run in ups for name in ("last", "rose")]
    for rates, color, name in [(predicted, EDGE, "2 / curvature"), (measured, UP, "loss first rises")]:
        if rates:
            axes.axvspan(min(rates), max(rates), color=color, alpha=0.35, linewidth=0)
            look = {"rotation": 90, "ha": "right", "va": "center", "color": color, "fontweight": "bold"}
            axes.text(0.97 * min(rates), 60, name, **look)


def failures(axes: Axes, runs: list[Run], bowl: dict[float, str], failed: Callable[[Run], float]) -> None:
    """How many runs failed at a rate, where any did."""
    for rate, label in bowl.items():
        mine = [failed(run) for run in runs if run.label == label]
        if any(mine):
            axes.text(rate, 8, f"{sum(mine):.0f}/{len(mine)}\nfail", ha="center", va="top", color=ACCURACY, fontsize=13)


def edge_panel(axes: Axes, runs: list[Run], ratios: tuple[float, ...]) -> None:
    """Softmax regression: how much farther from the minimum after the steps, by rate over predicted edge."""
    for run in of(runs, "at a minimum"):
        axes.plot(ratios, run.extra["growth"], "o-", color=ACCURACY, alpha=0.5, markersize=6, linewidth=1)
    axes.axvline(1, color=EDGE, linewidth=3, alpha=0.6)
    axes.axhline(1, color="#888888", linewidth=1)
    axes.set_yscale("log")
    axes.set_xlim(min(ratios) - 0.02, max(ratios) + 0.02)
    axes.text(0.98, 3, "farther away", ha="right", fontsize=14)
    axes.text(0.98, 0.3, "nearer again", ha="right", va="top", fontsize=14)
    axes.set(
        title="Softmax regression,\npushed off its minimum",
        xlabel="learning rate over 2 / curvature",
        ylabel="distance after 300 steps, of that before",
    )


def schedules_panel(axes: Axes, runs: list[Run], peaks: dict[str, dict[str, str]]) -> None:
    """Each schedule's accuracy at the shared and at its own peak."""
    names = list(next(iter(peaks.values())))
    for shift, (peak, labels) in zip((-0.17, 0.17), peaks.items(), strict=True):
        color, marker = PEAKS[peak]
        for place, name in enumerate(names):
            found, y = ends(runs, labels[name], lambda run: 100 * run.final["test accuracy"]), place + shift
            if found:
                mean, low, high = found
                axes.plot([low, high], [y, y], color=color, linewidth=6, alpha=0.4, solid_capstyle="butt")
                axes.plot(mean, y, marker, color=color, markersize=8, label=peak if place == 0 else None)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -1.2)
    axes.grid(axis="y", visible=False)
    axes.set(title="Schedules", xlabel="test accuracy, %")
    if axes.lines:
        axes.legend(frameon=False, loc="upper left", ncols=2, fontsize=14)
