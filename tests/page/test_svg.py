"""A figure in the page shows what matplotlib drew, without style attributes and with ids of its own."""

import re
from xml.etree import ElementTree

import pytest

from dlconcepts.drawing.render import render
from dlconcepts.page.svg import flatten, inline, plain_names, short, store

SVG = "{http://www.w3.org/2000/svg}"


def drawn():
    """A figure with lines, clipped bands, markers, letters and a picture."""

    def draw(figure):
        axes = figure.subplots()
        axes.plot([0, 1, 2], [1e-3, 2, 3], "o--")
        axes.fill_between([0, 1], [0, 1], [1, 2], alpha=0.3)
        axes.imshow([[0, 1], [1, 0]], extent=(0, 1, 0, 1))
        axes.set(title="x < y & z")

    return render(draw, "svg")


@pytest.fixture(scope="module")
def made():
    letters = {}
    text = inline(drawn(), "loss", 'the "alt" <text>', letters)
    return text, letters


def test_no_style_is_left_that_a_policy_would_block(made):
    text, letters = made
    assert "style" in drawn().decode()
    assert "style" not in text + store(letters)


def test_it_is_a_picture_with_its_alt_text(made):
    root = ElementTree.fromstring(made[0])
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'the "alt" <text>'
    assert root.get("viewBox") == "0 0 1152 648"


def test_each_reference_has_its_target_and_no_other_id_is_left(made):
    text, letters = made
    root, shelf = ElementTree.fromstring(text), ElementTree.fromstring(store(letters))
    own = [element.get("id") for element in root.iter() if element.get("id")]
    wanted = set(re.findall(r'(?:href="|url\()#([^")]+)', text))
    assert len(own) == len(set(own)) > 0
    assert all(id.startswith("loss-") for id in own)
    assert set(own) < wanted
    assert wanted - set(own) <= {element.get("id") for element in shelf.iter()}


def test_every_style_becomes_an_attribute():
    before, after = ElementTree.fromstring(drawn()), ElementTree.fromstring(inline(drawn(), "a", "", {}))
    for name in ("fill", "stroke", "stroke-dasharray", "fill-opacity"):
        said = re.findall(rf"{name}: ([^;\"]+)", ";".join(e.get("style", "") for e in before.iter()))
        assert sorted(e.get(name) for e in after.iter() if e.get(name)) == sorted(said), name


def test_two_figures_share_their_letters():
    letters = {}
    inline(drawn(), "a", "", letters)
    count = len(letters)
    inline(drawn(), "b", "", letters)
    assert len(letters) == count > 5
    letters[next(iter(letters))] = "<path/>"
    with pytest.raises(ValueError, match="draw it differently"):
        inline(drawn(), "c", "", letters)


def test_numbers_are_rounded_and_scales_are_not():
    assert short("M 52.856099 294.400414 \nL -0.001 1e3 \nz") == "M52.86 294.4L0 1e3z"
    assert "scale(0.015625)" in store(letters_of(drawn()))


def letters_of(svg):
    letters = {}
    inline(svg, "a", "", letters)
    return letters


def test_groups_that_do_nothing_go_and_others_stay():
    root = plain_names(ElementTree.fromstring('<svg><g><g fill="red"><path/></g><g><defs/></g></g></svg>'))
    flatten(root)
    assert ElementTree.tostring(root) == b'<svg><g fill="red"><path /></g></svg>'


def test_the_same_figure_is_the_same_text(made):
    assert inline(drawn(), "loss", 'the "alt" <text>', {}) == made[0]
