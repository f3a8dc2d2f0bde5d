import os
import subprocess
import sys

import pytest

from dlconcepts.drawing.lines import band, label_ends, looks
from dlconcepts.drawing.render import FORMATS, render, words


def draw(figure):
    words(figure, "A finding", "How it was measured.")
    axes = figure.subplots()
    look = looks(["a", "b"])
    for i, label in enumerate(look):
        band(axes, [1, 2, 3], [(i, i - 0.1, i + 0.1)] * 3, look[label])
    label_ends(axes, {"a": (3, 0), "b": (3, 1)}, {name: style["color"] for name, style in look.items()})


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_numbers_are_the_same_bytes(form):
    assert render(draw, form) == render(draw, form)


def test_a_figure_has_the_size_of_a_slide():
    png = render(draw)
    assert (int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")) == (1920, 1080)


@pytest.mark.parametrize(("name", "kept"), [("no such backend", None), ("svg", "svg")])
def test_matplotlib_comes_whatever_its_backend_is_called(name, kept):
    code = (
        "import os, dlconcepts.drawing, matplotlib; print(os.environ['MPLBACKEND'], matplotlib.get_backend(), sep='|')"
    )
    environment = os.environ | {"MPLBACKEND": name}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    found, backend = done.stdout.strip().split("|")
    assert found == name
    assert kept is None or backend == kept
