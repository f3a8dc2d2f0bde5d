"""The figure of the concept `learning_rate`: the bowl of rates, the edge, the schedules."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..evidence import interval
from ..panels import INTERVALS, of
from ..plot import COLORS, band, words
from ..records import Run, Verdict

ACCURACY, DEAD, EDGE, PEAKS = COLORS[0], COLORS[4], COLORS[2], {"same peak": COLORS[1], "own peak": COLORS[5]}


def title(found: dict[str, Verdict]) -> str:
    """The finding, as the verdict has it."""
    edge = found["learning_rate.low-enough"].parts["softmax regression: the edge is at 2 / largest eigenvalue"]
    if edge.outcome == "supported":
        return f"Too high begins at 2 / curvature: for softmax regression within {100 * edge.threshold:.0f} %"
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
    ratios: tuple[float, ...],
    peaks: dict[str, dict[str, str]],
) -> None:
    """bowl: the arm of each rate; ratios: the rates of the edge; peaks: by kind of peak, the arm of each schedule."""
    seeds = len({run.seed for run in runs})
    how = "64 ReLU units, batches of 128, 3 epochs. Red: the edge by curvature, left: at the first weights."
    words(figure, title, f"MNIST, {seeds} seeds; {how}\nBands and bars: {INTERVALS}")
    left, middle, right = figure.subplots(1, 3, width_ratios=[1.3, 0.9, 1])
    rates_panel(left, runs, bowl)
    edge_panel(middle, runs, ratios)
    schedules_panel(right, runs, peaks)


def ends(runs: list[Run], label: str, get) -> tuple[float, float, float] | None:
    """Mean and interval of a number of each of an arm's runs."""
    found = [get(run) for run in of(runs, label)]
    return interval(found) if len(found) > 1 else None


def rates_panel(axes: Axes, runs: list[Run], bowl: dict[float, str]) -> None:
    """Accuracy and dead units by rate, a small dot for each run; the range in which the edge is predicted."""
    for get, color, line, name in [
        (lambda run: 100 * run.final["test accuracy"], ACCURACY, "-", "test accuracy"),
        (lambda run: 100 * (run.extra["dead units"] or 0.0), DEAD, "--", "dead units"),
    ]:
        points = {rate: ends(runs, label, get) for rate, label in bowl.items()}
        points = {rate: found for rate, found in points.items() if found}
        if points:
            band(axes, list(points), list(points.values()), {"color": color, "linestyle": line, "label": name})
        dots = [(rate, get(run)) for rate, label in bowl.items() for run in of(runs, label)]
        axes.plot([x for x, _ in dots], [y for _, y in dots], "o", color=color, markersize=4, alpha=0.5)
    edges = [run.extra["edge"] for run in of(runs, "from the start")]
    if edges:
        axes.axvspan(min(edges), max(edges), color=EDGE, alpha=0.35, linewidth=0)
        axes.text(
            min(edges) * 0.9, 50, "2 / curvature", rotation=90, ha="right", va="center", color=EDGE, fontweight="bold"
        )
    axes.set_xscale("log")
    axes.set(title="One network at nine learning rates", xlabel="learning rate", ylabel="%", ylim=(-3, 103))
    axes.legend(frameon=False, loc="center left", fontsize=14)


def edge_panel(axes: Axes, runs: list[Run], ratios: tuple[float, ...]) -> None:
    """Softmax regression: how much farther from the minimum after the steps, by rate over predicted edge."""
    for run in of(runs, "at a minimum"):
        axes.plot(ratios, run.extra["growth"], "o-", color=ACCURACY, alpha=0.5, markersize=6, linewidth=1)
    axes.axvline(1, color=EDGE, linewidth=3, alpha=0.6)
    axes.axhline(1, color="#888888", linewidth=1)
    axes.set_yscale("log")
    axes.set(
        title="Softmax regression\npushed off its minimum",
        xlabel="learning rate over 2 / curvature",
        ylabel="distance after 300 steps, of that before",
    )


def schedules_panel(axes: Axes, runs: list[Run], peaks: dict[str, dict[str, str]]) -> None:
    """Each schedule's accuracy at the shared and at its own peak."""
    names = list(next(iter(peaks.values())))
    for shift, (peak, labels) in zip((-0.17, 0.17), peaks.items(), strict=True):
        for place, name in enumerate(names):
            found = ends(runs, labels[name], lambda run: 100 * run.final["test accuracy"])
            if found:
                mean, low, high = found
                axes.plot(
                    [low, high], [place + shift] * 2, color=PEAKS[peak], linewidth=6, alpha=0.4, solid_capstyle="butt"
                )
                axes.plot(mean, place + shift, "o", color=PEAKS[peak], markersize=8, label=peak if place == 0 else None)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -1.2)
    axes.grid(axis="y", visible=False)
    axes.set(title="Schedules", xlabel="test accuracy, %")
    axes.legend(frameon=False, loc="upper left", ncols=2, fontsize=14)
