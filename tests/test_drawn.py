"""The checks of figures find what they are made to find."""

import pytest

from dlconcepts.drawing.lines import by_formula
from dlconcepts.drawing.render import words
from dlconcepts.evidence.records import Run
from tests.drawn import Drawn, outside, overlaps, shaken, shown, sketch, small, unmoved


def sound(figure):
    """A figure like ours, without fault."""
    words(figure, "A finding", "How it was measured.")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], label="a line")
    axes.legend()
    axes.annotate("its end", xy=(1, 1), xytext=(1.02, 0.5), textcoords="axes fraction", arrowprops={"arrowstyle": "-"})


def planted(**options):
    def draw(figure):
        sound(figure)
        figure.text(**{"x": 0.5, "y": 0.5, "s": "planted", **options})

    return Drawn(draw)


def test_a_sound_figure_has_no_fault():
    drawn = Drawn(sound)
    said = [text.get_text() for text, _ in drawn.texts]
    assert {"A finding", "How it was measured.", "a line", "its end", "0.0"} <= set(said)
    assert overlaps(drawn.texts) == outside(drawn.texts, drawn.figure) == small(drawn.texts, 13) == []


@pytest.mark.parametrize("other", ["A finding", "How it was measured.", "a line", "its end", "0.2"])
def test_a_text_on_any_other_text_is_found(other):
    box = next(box for text, box in Drawn(sound).texts if text.get_text() == other)
    x, y = (box.x0 + box.x1) / 2 / 1920, (box.y0 + box.y1) / 2 / 1080
    drawn = planted(x=x, y=y, ha="center", va="center")
    assert {other, "planted"} in [set(pair) for pair in overlaps(drawn.texts)]


def test_an_arrow_is_no_text():
    def draw(figure):
        axes = figure.subplots(subplot_kw={"xticks": [], "yticks": []})
        axes.text(0.5, 0.5, "in between")
        axes.annotate("end", xy=(0.2, 0.5), xytext=(0.9, 0.52), arrowprops={"arrowstyle": "-"})

    assert overlaps(Drawn(draw).texts) == []


def test_what_is_not_painted_does_not_count():
    drawn = planted(x=0.02, y=0.97, visible=False)
    assert overlaps(drawn.texts) == []


def test_a_text_that_leaves_the_figure_is_found():
    drawn = planted(x=0.98)
    assert outside(drawn.texts, drawn.figure) == ["planted"]


@pytest.mark.parametrize(("text", "size"), [("planted", 12), ("$10^3$", 15), ("$x_1$", 15)])
def test_small_letters_are_found_in_formulas_too(text, size):
    assert small(planted(s=text, fontsize=size).texts, 13) == [text]


WAYS = {
    "a line": lambda axes, y: axes.plot([1, 2], [y, 2 * y]),
    "a band": lambda axes, y: axes.fill_between([1, 2], [y, y], [2 * y, 3 * y]),
    "bars": lambda axes, y: axes.bar([1], [y]),
    "points": lambda axes, y: axes.scatter([1], [y]),
    "an image": lambda axes, y: axes.imshow([[y, 2 * y]]),
    "a mesh": lambda axes, y: axes.pcolormesh([[y, 2 * y]]),
    "a histogram": lambda axes, y: axes.stairs([y, 2 * y], [0, 1, 2]),
    "an interval": lambda axes, y: axes.errorbar([1], [y], [0.1 * y], fmt="o"),
}


def with_(way, y):
    return sketch(lambda figure: WAYS[way](figure.subplots(), y))


@pytest.mark.parametrize("way", WAYS)
def test_numbers_that_do_not_follow_the_record_are_found(way):
    assert shown(with_(way, 1.0))
    assert unmoved(with_(way, 1.0), with_(way, 1.0))
    assert unmoved(with_(way, 1.0), with_(way, 1.001)) == []


def test_guides_and_what_is_declared_as_a_formula_may_stay():
    def draw(figure):
        axes, other = figure.subplots(1, 2)
        axes.axhline(0.5)
        axes.axvspan(0, 1)
        by_formula(*axes.plot([1, 2], [3, 4]), other)
        other.plot([1, 2], [3, 4])

    assert len(shown(sketch(draw))) == 2
    assert unmoved(sketch(draw), sketch(draw)) == []


def test_every_number_is_shaken_and_nothing_else():
    extra = {"a": [0.0, {"b": 2}], "c": "text", "d": None, "e": True}
    run, other = (
        Run("x", 3, curves={"loss": [1.0, None]}, extra=extra, timing={"s": 1.5}),
        Run("y", 3, final={"z": 1.0}),
    )
    found, same = shaken([run, other], label="x")
    assert same is other
    assert (found.label, found.seed, found.status) == ("x", 3, "ok")
    assert found.curves["loss"][0] > 1
    assert found.curves["loss"][1] is None
    assert found.extra["a"][0] > 0
    assert found.timing["s"] > 1.5
    assert found.extra == {**extra, "a": [found.extra["a"][0], {"b": 2}]}
    (found, _) = shaken([run, other], hard=True)
    assert found.extra == {**extra, "a": [found.extra["a"][0], {"b": found.extra["a"][1]["b"]}]}
    assert found.extra["a"][1]["b"] > 2
