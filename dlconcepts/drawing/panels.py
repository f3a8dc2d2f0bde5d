"""The panels that many figures share: curves by epoch, dots with intervals, a table in colours. From runs alone."""

from collections.abc import Callable, Iterable

from matplotlib.axes import Axes

from ..evidence.judge import interval
from ..evidence.records import Run
from .lines import band, label_ends

INTERVALS = "95 % t-intervals over training seeds, not adjusted for their number."


def of(runs: list[Run], label: str) -> list[Run]:
    """The runs of an arm that did not diverge."""
    return [run for run in runs if run.label == label and run.status == "ok"]


def curve(runs: list[Run], label: str, get: Callable[[Run], Iterable[float]]) -> list[tuple[float, float, float]]:
    """(mean, low, high) at each point of get(run), over an arm's runs; empty for fewer than two of them.

    Runs that stopped early end at different points: as far as all of them go.
    """
    curves = [get(run) for run in of(runs, label)]
    return [interval(list(values)) for values in zip(*curves, strict=False)] if len(curves) > 1 else []


def spread_of(runs: list[Run], label: str, get: Callable[[Run], float]) -> tuple[float, float, float] | None:
    """(mean, low, high) of a number of each of an arm's runs; None for fewer than two of them."""
    values = [get(run) for run in of(runs, label)]
    return interval(values) if len(values) > 1 else None


def learning_curves(
    axes: Axes,
    runs: list[Run],
    look: dict[str, dict],
    name: str = "validation accuracy",
    factor: float = 100,
    gap: float = 0.06,
) -> None:
    """Each arm's curve by epoch with its interval, labelled at its end. Arms with fewer than two runs are left out."""
    ends = {}
    for label in look:
        points = curve(runs, label, lambda run: [factor * value for value in run.curves[name]])
        if points:
            band(axes, range(1, len(points) + 1), points, look[label])
            ends[label] = (len(points), points[-1][0])
    last = max((int(x) for x, _ in ends.values()), default=1)
    axes.set_xticks(range(1, last + 1) if last <= 10 else axes.get_xticks())
    axes.set_xlim(1 - 0.05 * last, last * 1.02)
    axes.set(xlabel="epoch", ylabel=f"{name}, %" if factor == 100 else name)
    label_ends(axes, ends, {label: look[label]["color"] for label in ends}, gap)


def dots(axes: Axes, rows: dict[str, list[float]], colors: dict[str, str] | None = None) -> None:
    """A dot with its interval for each label, first on top; one value is a dot alone, none an empty row."""
    for place, (label, values) in enumerate(rows.items()):
        color = (colors or {}).get(label, "#333333")
        if len(values) > 1:
            _, low, high = interval(values)
            axes.plot([low, high], [place, place], color=color, linewidth=6, alpha=0.35, solid_capstyle="butt")
        if values:
            axes.plot(sum(values) / len(values), place, "o", color=color, markersize=8)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.grid(axis="y", visible=False)


def heat_map(axes: Axes, table: dict[str, dict[str, float | None]], form: str = "{:.1f}") -> None:
    """A table in colours, its numbers written in: {row: {column: value}}; None is left white, with a dash."""
    columns = list(next(iter(table.values())))
    values = [[float("nan") if row[c] is None else row[c] for c in columns] for row in table.values()]
    image = axes.imshow(values, aspect="auto", cmap="viridis")
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(table)), list(table))
    axes.grid(visible=False)
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            dark = value == value and image.norm(value) < 0.55
            text = form.format(value) if value == value else "–"
            axes.text(j, i, text, ha="center", va="center", fontsize=13, color="white" if dark else "#222222")
