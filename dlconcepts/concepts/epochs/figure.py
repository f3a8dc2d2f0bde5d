"""The figure of the concept `epochs`: losses by epoch and where to stop, accuracy by epoch, how far weights move."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...drawing.lines import COLORS, band
from ...drawing.panels import INTERVALS, curve, of
from ...drawing.render import words
from ...evidence.records import Run, Verdict

FEW, ALL, STOP = (COLORS[0], "-"), (COLORS[5], "-."), COLORS[2]
TICKS = (1, 3, 10, 30, 100)


def title(found: dict[str, Verdict]) -> str:
    """The finding, as the verdict has it."""
    parts = found["epochs.overfitting"].parts
    loss = parts["1,000 digits: a higher test loss in the end"]
    accuracy = parts["1,000 digits: a lower test accuracy in the end"]
    if loss.effect is None or accuracy.effect is None:
        return "Epochs: not shown, a model diverged"
    if loss.outcome == "supported":
        return f"Past the best epoch test loss rises by {loss.effect:.2f}, accuracy moves {accuracy.effect:+.1f} points"
    return f"From the best epoch to the last: test loss {loss.effect:+.2f}, accuracy {accuracy.effect:+.1f} points"


def alt(found: dict[str, Verdict]) -> str:
    """The figure in words, for those who do not see it."""
    return (
        f"{title(found)}. Three panels by epoch: training and validation loss on 1,000 digits with the epochs that "
        "early stopping keeps; validation accuracy with 1,000 and with all digits; and how far the weights move."
    )


def draw_panels(figure: Figure, runs: list[Run], finding: str, few: str, everything: str) -> None:
    """few, everything: the arms that are trained to the end; those with early stopping are named after them."""
    seeds = len({run.seed for run in runs})
    how = "constant learning rate. Dots: each seed's epoch of the lowest validation loss, which early stopping keeps"
    words(figure, finding, f"MNIST, {seeds} seeds, {how}.\nBands: {INTERVALS}")
    left, middle, right = figure.subplots(1, 3)
    line(left, runs, few, "training loss", (COLORS[1], "--"), "training")
    line(left, runs, few, "validation loss", FEW, "validation")
    kept = stops(left, runs, few, "validation loss")
    if kept:
        pointer = {"arrowstyle": "-", "color": STOP}
        left.annotate("early stopping", kept[-1], (24, 0.25), color=STOP, fontweight="bold", arrowprops=pointer)
    left.set(title=f"Loss, {few}", ylabel="cross-entropy", ylim=(-0.03, 1.25))
    for label, look in [(few, FEW), (everything, ALL)]:
        line(middle, runs, label, "validation accuracy", look, label, 100)
        stops(middle, runs, label, "validation accuracy", 100)
        line(right, runs, label, "distance moved", look, label)
    middle.set(title="Validation accuracy", ylabel="%")
    right.set(title="How far the weights move", ylabel="distance in one epoch", yscale="log")
    for axes in (left, middle, right):
        axes.set(xlabel="epoch", xscale="log")
        axes.set_xticks(TICKS, [str(epoch) for epoch in TICKS])
        axes.minorticks_off()


def line(axes: Axes, runs: list[Run], arm: str, name: str, look: tuple, label: str, factor: float = 1) -> None:
    """A curve by epoch with its band, labelled at its end; nothing for fewer than two runs."""
    if points := curve(runs, arm, lambda run: [factor * value for value in run.curves[name]]):
        band(axes, range(1, len(points) + 1), points, {"color": look[0], "linestyle": look[1]})
        end = (len(points), points[-1][0])
        style = {"color": look[0], "fontweight": "bold", "va": "center", "annotation_clip": False}
        axes.annotate(label, end, (7, 0), textcoords="offset points", **style)


def stops(axes: Axes, runs: list[Run], arm: str, name: str, factor: float = 1) -> list[tuple[int, float]]:
    """For each seed a dot at the epoch that early stopping keeps; where they are."""
    places = []
    for run in of(runs, f"{arm}, stopped"):
        loss = run.curves["validation loss"]
        best = loss.index(min(loss))
        places.append((best + 1, factor * run.curves[name][best]))
        axes.plot(*places[-1], "o", color=STOP, markersize=8, alpha=0.75, zorder=3)
    return sorted(places)
