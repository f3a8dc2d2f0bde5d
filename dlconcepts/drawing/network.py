"""The figure of the concept `network`: one pass forward and back through a small one, and what depth buys."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..panels import INTERVALS, of, spread_of
from ..plot import COLORS, LINES, band, label_ends, words
from ..records import Run, Verdict
from .small_network import connections, frame, short, units


def title(found: dict[str, Verdict]) -> str:
    """The finding, as the verdicts have it."""
    return "TITLE"


def alt(found: dict[str, Verdict]) -> str:
    """The figure in words, for those who do not see it."""
    return (
        f"{title(found)}. Three panels: the small network with the numbers of one digit on its way forward, circles "
        "with activations joined by lines as thick as the weights; the same network with the slopes of the loss on "
        "their way back; and test accuracy over the number of hidden layers at three numbers of parameters."
    )


def draw_panels(figure: Figure, runs: list[Run], title: str, small: str, grid: dict[int, dict[int, str]]) -> None:
    """small: the label of the small networks; grid: by number of parameters and depth, the arm."""
    seeds = len({run.seed for run in runs})
    how = "4 inputs: the brightness of an image's quarters, standardized; biases are not drawn; left: seed 0."
    words(figure, title, f"MNIST, {seeds} seeds. {how}\nRight: rates tuned per arm, 3 epochs. Bands: {INTERVALS}")
    places = figure.add_gridspec(2, 2, width_ratios=[2.1, 1])
    drawn = [run.extra["drawn"] for run in of(runs, small) if "drawn" in run.extra]
    forward, back = figure.add_subplot(places[0, 0]), figure.add_subplot(places[1, 0])
    if drawn:
        forward_panel(forward, drawn[0])
        backward_panel(back, drawn[0])
    depth_panel(figure.add_subplot(places[:, 1]), runs, grid)


def forward_panel(axes: Axes, drawn: dict) -> None:
    """The digit, the activations, the outputs' shares."""
    widths = tuple(len(row) for row in drawn["values"])
    axes.set_title("Forward: what each unit hands on; lines are weights", x=0.0)
    frame(axes, widths, left=1.5, right=1.0)
    connections(axes, widths, drawn["weights"])
    units(axes, widths, drawn["values"])


def backward_panel(axes: Axes, drawn: dict) -> None:
    widths = tuple(len(row) for row in drawn["values"])
    axes.set_title("Back: the loss's slope by it; lines are slopes by weights", x=0.0)
    frame(axes, widths, left=1.5, right=1.0)
    connections(axes, widths, drawn["weight slopes"])
    units(axes, widths, drawn["slopes"])


def depth_panel(axes: Axes, runs: list[Run], grid: dict[int, dict[int, str]]) -> None:
    pass
