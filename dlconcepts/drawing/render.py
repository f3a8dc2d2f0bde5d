"""A figure's bytes, from what draws it, and its title and caption. Same numbers, same bytes; no window, no pyplot."""

import io
from collections.abc import Callable
from pathlib import Path

import matplotlib
from matplotlib import ft2font
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogFormatterSciNotation, NullFormatter

STYLE = Path(__file__).with_name("style.mplstyle")
DRAWN_BY = f"matplotlib {matplotlib.__version__}, freetype {ft2font.__freetype_version__}"  # decides every pixel
METADATA = {"png": {"Software": DRAWN_BY}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
FORMATS = tuple(METADATA)


def render(draw: Callable[[Figure], None], form: str = "png") -> bytes:
    """The bytes of the figure that `draw` draws."""
    with matplotlib.rc_context(fname=STYLE):
        figure = Figure(layout="constrained")
        FigureCanvasAgg(figure)
        draw(figure)
        plain_powers(figure)
        buffer = io.BytesIO()
        figure.savefig(buffer, format=form, metadata=METADATA[form])
    return buffer.getvalue()


def plain_powers(figure: Figure) -> None:
    """Numbers on logarithmic axes as 0.01 or 1e-8: an exponent set small and high is lost at half the size."""
    for axis in [axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)]:
        if isinstance(axis.get_major_formatter(), LogFormatterSciNotation):
            axis.set_major_formatter(FuncFormatter(lambda value, place: plain_power(value)))
            axis.set_minor_formatter(NullFormatter())


def plain_power(value: float) -> str:
    return f"{value:g}" if 1e-4 < value < 1e6 else f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e")


def words(figure: Figure, title: str, caption: str) -> None:
    """The finding above, how it was measured below."""
    figure.suptitle(title, x=0.01, ha="left", fontsize=23, fontweight="bold")
    figure.supxlabel(caption, x=0.01, ha="left", fontsize=13, color="#555555")
