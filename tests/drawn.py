"""What a finished figure shows: its words with their places, and the numbers of its lines, bands, bars and images."""

from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from itertools import combinations
from random import Random
from unittest import mock

import matplotlib
import numpy as np
from matplotlib.collections import Collection
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.spines import Spine
from matplotlib.text import Text

from dlconcepts.drawing.render import STYLE, render

TOUCH = 1.0  # pixels that two boxes may share: letters are smaller than their boxes
RAISED = 0.7  # matplotlib's size of what stands above or below the line in a formula


class Drawn:
    """A figure as `render` draws it: the bytes, the figure, and the box of every text that was painted."""

    def __init__(self, draw):
        self.texts = []

        def keep(figure):
            self.figure = figure
            draw(figure)

        with painted(self.texts):
            self.bytes = render(keep)


@contextmanager
def painted(texts):
    """Notes (text, box) when matplotlib paints words, for the last time that the figure is drawn: the first one only
    finds the layout. Of an annotation the words alone, without its arrow.
    """
    paint, paint_all = Text.draw, Figure.draw

    @wraps(paint_all)
    def anew(figure, renderer):
        texts.clear()
        return paint_all(figure, renderer)

    def note(text, renderer, *arguments, **options):
        if text.get_visible() and text.get_text().strip():
            texts.append((text, Text.get_window_extent(text, renderer)))
        return paint(text, renderer, *arguments, **options)

    with mock.patch.object(Text, "draw", note), mock.patch.object(Figure, "draw", anew):
        yield


def overlaps(texts):
    """The pairs of texts whose boxes overlap, by what they say."""
    return [
        (a.get_text(), b.get_text())
        for (a, box), (b, other) in combinations(texts, 2)
        if a is not b
        and min(box.x1, other.x1) - max(box.x0, other.x0) > TOUCH
        and min(box.y1, other.y1) - max(box.y0, other.y0) > TOUCH
    ]


def outside(texts, figure):
    """The texts that leave the figure."""
    frame = figure.bbox.padded(TOUCH)
    return [
        text.get_text()
        for text, box in texts
        if not (frame.x0 <= box.x0 and frame.y0 <= box.y0 and box.x1 <= frame.x1 and box.y1 <= frame.y1)
    ]


def small(texts, points):
    """The texts with letters below so many points, what is raised or lowered in formulas included."""
    found = []
    for text, _ in texts:
        words = text.get_text()
        raised = words.count("$") > 1 and ("^" in words or "_" in words)
        if text.get_fontsize() * (RAISED if raised else 1) < points:
            found.append(words)
    return found


def sketch(draw):
    """The figure with all its artists, not painted."""
    with matplotlib.rc_context(fname=STYLE):
        figure = Figure(layout="constrained")
        draw(figure)
    return figure


def shown(figure):
    """(artist, its numbers as bytes) for all that stands for numbers; not for guides that span a panel (axhline)."""
    return [
        (artist, b"".join(np.ascontiguousarray(part, dtype=float).tobytes() for part in numbers(artist)))
        for axes in figure.axes
        for artist in axes.get_children()
        if artist is not axes.patch and in_data(artist, axes.transData)
    ]


def in_data(artist, by_data):
    """Are the artist's coordinates both numbers on the axes?"""
    match artist:
        case Spine():
            return False
        case Line2D():
            return artist.get_transform() is by_data
        case Patch():
            return artist.get_data_transform() is by_data
        case Collection():
            return by_data is artist.get_transform() or by_data is artist.get_offset_transform()
    return isinstance(artist, AxesImage)


def numbers(artist):
    """The arrays that an artist is drawn from."""
    match artist:
        case Line2D():
            return [artist.get_xydata()]
        case Patch():
            return [artist.get_patch_transform().transform_path(artist.get_path()).vertices]
        case Collection():
            values = artist.get_array()
            paths = [path.vertices for path in artist.get_paths()]
            return [*paths, np.ma.getdata(artist.get_offsets()), [] if values is None else np.ma.filled(values, np.nan)]
    return [np.ma.filled(artist.get_array(), np.nan), artist.get_extent()]


def unmoved(before, after):
    """The artists of one figure whose numbers are in the other figure, too, but for those drawn by formula."""
    there = {values for _, values in shown(after)}
    return [artist for artist, values in shown(before) if values in there and not by_formula(artist)]


def by_formula(artist):
    """Was the artist, or the panel that it is in, declared as drawn from a formula?"""
    return getattr(artist, "by_formula", False) or getattr(artist.axes, "by_formula", False)


def shaken(runs, hard=False, label=None):
    """The same runs (of one label) with every number a little larger, each by its own share; much, and whole numbers
    too, if asked.
    """
    random = Random(1)

    def shake(value):
        if isinstance(value, dict):
            return {name: shake(inner) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return [shake(inner) for inner in value]
        if isinstance(value, float):
            return value * (1 + random.uniform(0.001, 0.5 if hard else 0.01)) + random.uniform(1e-7, 1e-6)
        counts = hard and isinstance(value, int) and not isinstance(value, bool)
        return value + 1 + random.randrange(1 + value // 2) if counts and value >= 0 else value

    fields = ("curves", "final", "extra", "timing")
    return [
        replace(run, **{field: shake(getattr(run, field)) for field in fields}) if label in (None, run.label) else run
        for run in runs
    ]
