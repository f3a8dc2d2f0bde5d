"""The shared panels draw the runs' own numbers: means and intervals as evidence.py finds them."""

import numpy as np
import pytest

from dlconcepts.drawing import panels
from dlconcepts.drawing.lines import label_ends, looks
from dlconcepts.evidence.judge import interval
from dlconcepts.evidence.records import Run
from tests.drawn import sketch

CURVES = {"a": [[0.5, 0.8, 0.9], [0.6, 0.7, 0.95], [0.55, 0.75, 0.8]], "b": [[0.1, 0.2, 0.3], [0.2, 0.2, 0.1]]}
RUNS = [
    *(
        Run(label, seed, curves={"validation accuracy": curve})
        for label, rows in CURVES.items()
        for seed, curve in enumerate(rows)
    ),
    Run("b", 2, "diverged", 1, {"validation accuracy": [None, None, None]}),
    Run("c", 0, curves={"validation accuracy": [0.4, 0.4, 0.4]}),
]


def drawn(draw):
    """The panel that `draw` fills."""
    return sketch(lambda figure: draw(figure.subplots())).axes[0]


def expected(label):
    """(mean, low, high) by epoch, in percent."""
    return np.array([interval([100 * value for value in values]) for values in zip(*CURVES[label], strict=True)])


def test_a_learning_curve_is_the_mean_and_its_band_the_interval():
    axes = drawn(lambda axes: panels.learning_curves(axes, RUNS, looks(["a", "b", "c"])))
    assert len(axes.lines) == len(axes.collections) == 2  # one run has no interval
    for label, line, band in zip("ab", axes.lines, axes.collections, strict=True):
        mean, low, high = expected(label).T
        assert np.array_equal(line.get_xydata(), np.stack([[1, 2, 3], mean], axis=1))
        corners = band.get_paths()[0].vertices
        assert {tuple(point) for point in corners} == {
            *zip([1, 2, 3], low, strict=True),
            *zip([1, 2, 3], high, strict=True),
        }
    assert [text.get_text() for text in axes.texts] == ["b", "a"]


def test_a_dot_is_the_mean_and_its_bar_the_interval():
    values = {"x": [1.0, 2.0, 4.0], "y": [3.0], "z": []}
    axes = drawn(lambda axes: panels.dots(axes, values))
    mean, low, high = interval(values["x"])
    assert [line.get_xydata().tolist() for line in axes.lines] == [
        [[low, 0], [high, 0]],
        [[pytest.approx(mean), 0]],
        [[3.0, 1]],
    ]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["x", "y", "z"]


def test_a_heat_map_has_each_number_in_its_place():
    axes = drawn(lambda axes: panels.heat_map(axes, {"r": {"p": 1.0, "q": None}, "s": {"p": 3.0, "q": 4.25}}))
    found = axes.images[0].get_array()
    assert np.array_equal(np.ma.filled(found, np.nan), [[1.0, np.nan], [3.0, 4.25]], equal_nan=True)
    assert [text.get_text() for text in axes.texts] == ["1.0", "–", "3.0", "4.2"]


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_a_label_stands_at_the_height_of_its_lines_end(scale):
    def draw(axes):
        axes.set(yscale=scale, ylim=(1, 100))
        label_ends(axes, {"end": (1, 10)}, {"end": "black"})

    (label,) = drawn(draw).texts
    assert label.xyann == (1.05, pytest.approx(0.5 if scale == "log" else 9 / 99))
