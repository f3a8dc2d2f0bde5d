import os
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from dlconcepts.drawing import plot


def draw(figure):
    plot.words(figure, "A finding", "How it was measured.")
    axes = figure.subplots()
    look = plot.looks(["a", "b"])
    for i, label in enumerate(look):
        plot.band(axes, [1, 2, 3], [(i, i - 0.1, i + 0.1)] * 3, look[label])
    plot.label_ends(axes, {"a": (3, 0), "b": (3, 1)}, {name: style["color"] for name, style in look.items()})


@pytest.mark.parametrize("form", plot.FORMATS)
def test_the_same_numbers_are_the_same_bytes(form):
    assert plot.render(draw, form) == plot.render(draw, form)


def test_a_figure_has_the_size_of_a_slide():
    png = plot.render(draw)
    assert (int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")) == (1920, 1080)


def test_at_most_six_lines_are_told_apart():
    look = plot.looks(list("abcdef"))
    assert len({style["color"] for style in look.values()}) == len({str(s["linestyle"]) for s in look.values()}) == 6
    with pytest.raises(ValueError, match="7 lines: at most 6"):
        plot.looks(list("abcdefg"))


def test_the_colours_are_matplotlibs_petroff6():
    import matplotlib

    sequences = getattr(matplotlib, "color_sequences", {})
    if "petroff6" in sequences:
        assert [to_rgb(c) for c in plot.COLORS] == [to_rgb(c) for c in sequences["petroff6"]]
    assert len({to_rgb(c) for c in plot.COLORS}) == 6


@pytest.mark.parametrize("places", [[0.1], [0.5, 0.5, 0.5], [0.1, 0.11, 0.5, 0.52, 0.53], [0.0, 1.0]])
def test_labels_keep_their_distance_and_their_order(places):
    found = plot.spread(places, 0.06)
    assert all(np.diff(found) >= 0.06 - 1e-12)
    assert np.mean(found) == pytest.approx(np.mean(places))


def test_labels_with_room_stay_where_they_are():
    assert plot.spread([0.1, 0.5, 0.9], 0.06) == [0.1, 0.5, 0.9]


def test_a_line_that_ends_out_of_sight_is_labelled_at_the_edge():
    axes = Figure().subplots()
    axes.set_ylim(0, 1)
    ends = {"far above": (1, 50.0), "inside": (1, 0.5), "far below": (1, -50.0)}
    plot.label_ends(axes, ends, dict.fromkeys(ends, "k"))
    found = {text.get_text(): (text.xy, text.get_position()) for text in axes.texts}
    assert found == {
        "far above": ((1, 1), (1.05, 1.0)),
        "inside": ((1, 0.5), (1.05, 0.5)),
        "far below": ((1, 0), (1.05, 0.0)),
    }


@pytest.mark.parametrize(("name", "kept"), [("no such backend", None), ("svg", "svg")])
def test_matplotlib_comes_whatever_its_backend_is_called(name, kept):
    code = (
        "import os, dlconcepts.drawing.plot, matplotlib; "
        "print(os.environ['MPLBACKEND'], matplotlib.get_backend(), sep='|')"
    )
    environment = os.environ | {"MPLBACKEND": name}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    found, backend = done.stdout.strip().split("|")
    assert found == name
    assert kept is None or backend == kept
