import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from dlconcepts.drawing.lines import COLORS, label_ends, looks, spread


def test_at_most_six_lines_are_told_apart():
    look = looks(list("abcdef"))
    assert len({style["color"] for style in look.values()}) == len({str(s["linestyle"]) for s in look.values()}) == 6
    with pytest.raises(ValueError, match="7 lines: at most 6"):
        looks(list("abcdefg"))


def test_the_colours_are_matplotlibs_petroff6():
    import matplotlib

    sequences = getattr(matplotlib, "color_sequences", {})
    if "petroff6" in sequences:
        assert [to_rgb(c) for c in COLORS] == [to_rgb(c) for c in sequences["petroff6"]]
    assert len({to_rgb(c) for c in COLORS}) == 6


@pytest.mark.parametrize("places", [[0.1], [0.5, 0.5, 0.5], [0.1, 0.11, 0.5, 0.52, 0.53], [0.0, 1.0]])
def test_labels_keep_their_distance_and_their_order(places):
    found = spread(places, 0.06)
    assert all(np.diff(found) >= 0.06 - 1e-12)
    assert np.mean(found) == pytest.approx(np.mean(places))


def test_labels_with_room_stay_where_they_are():
    assert spread([0.1, 0.5, 0.9], 0.06) == [0.1, 0.5, 0.9]


def test_a_line_that_ends_out_of_sight_is_labelled_at_the_edge():
    axes = Figure().subplots()
    axes.set_ylim(0, 1)
    ends = {"far above": (1, 50.0), "inside": (1, 0.5), "far below": (1, -50.0)}
    label_ends(axes, ends, dict.fromkeys(ends, "k"))
    found = {text.get_text(): (text.xy, text.get_position()) for text in axes.texts}
    assert found == {
        "far above": ((1, 1), (1.05, 1.0)),
        "inside": ((1, 0.5), (1.05, 0.5)),
        "far below": ((1, 0), (1.05, 0.0)),
    }
