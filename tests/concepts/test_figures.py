"""Every committed figure: legible, from the record, and saying what the record's verdicts say."""

import io
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlconcepts import gallery, glossary
from dlconcepts.drawing.render import DRAWN_BY, render
from dlconcepts.evidence import records
from tests.drawn import Drawn, outside, overlaps, shaken, sketch, small, unmoved

FIGURES = Path(__file__).parents[2] / "figures"
SMALLEST = 13  # points; the title has 23
every_concept = pytest.mark.parametrize("name", glossary.concepts())


@cache
def record_of(name):
    return records.read(records.FOLDER / f"{name}.json")


def drawer(name, runs, found=None):
    """What draws the concept's figure from these runs, with the verdicts that they lead to."""
    module = gallery.concept(name)
    found = module.verdicts(runs) if found is None else found
    return lambda figure: module.draw(figure, runs, found)


@cache
def drawn(name):
    """The figure as the committed record draws it now."""
    return Drawn(drawer(name, record_of(name).runs, record_of(name).found()))


@every_concept
def test_a_figure_fills_a_slide(name):
    with Image.open(FIGURES / f"{name}.png") as committed:
        assert committed.size == (1920, 1080)
    assert Image.open(io.BytesIO(drawn(name).bytes)).size == (1920, 1080)


@every_concept
def test_the_same_record_is_the_same_bytes(name):
    record = record_of(name)
    assert render(drawer(name, record.runs, record.found())) == drawn(name).bytes


@every_concept
def test_no_two_texts_overlap(name):
    assert overlaps(drawn(name).texts) == []


@every_concept
def test_no_text_leaves_the_figure(name):
    assert outside(drawn(name).texts, drawn(name).figure) == []


@every_concept
def test_no_text_is_smaller_than_can_be_read_at_half_the_size(name):
    assert small(drawn(name).texts, SMALLEST) == []


@every_concept
def test_the_title_is_the_finding_and_the_alt_text_names_it(name):
    title = " ".join(drawn(name).figure.get_suptitle().split())
    alt = gallery.concept(name).alt(record_of(name).found())
    assert title
    assert title in alt
    assert len(alt.split()) >= len(title.split()) + 10


@every_concept
def test_the_caption_tells_the_seeds_and_the_kind_of_interval(name):
    caption = " ".join(drawn(name).figure.get_supxlabel().split())
    assert f"{len(record_of(name).environment['seeds'])} seeds" in caption
    assert "95 % t-interval" in caption


@every_concept
def test_all_that_is_drawn_follows_the_record(name):
    """Shaken runs move every line, band, bar and image but guides and what `by_formula` declares."""
    runs = record_of(name).runs
    before = sketch(drawer(name, runs))
    stayed = unmoved(before, sketch(drawer(name, shaken(runs))))
    if stayed:  # counts, and limits that are found by comparing, move when more changes
        still = unmoved(before, sketch(drawer(name, shaken(runs, hard=True))))
        stayed = [artist for artist in stayed if artist in still]
    assert [f"{artist} in the panel {artist.axes.get_title(loc='left')!r}" for artist in stayed] == []


@every_concept
def test_what_bears_an_arms_label_moves_with_that_arm(name):
    runs = record_of(name).runs
    said = {text.get_text() for text, _ in drawn(name).texts}
    before = sketch(drawer(name, runs))
    for label in record_of(name).settings.keys() & said:
        after = sketch(drawer(name, shaken(runs, label=label)))
        moved = len(unmoved(before, before)) - len(unmoved(before, after))
        assert moved > 0, label


@every_concept
def test_the_committed_figure_is_what_the_committed_record_draws(name):
    """To the pixel, where the same libraries draw: others place letters differently."""
    with Image.open(FIGURES / f"{name}.png") as committed:
        drawn_by = committed.info.get("Software", DRAWN_BY)
        if drawn_by != DRAWN_BY:
            pytest.skip(f"drawn by {drawn_by}, here is {DRAWN_BY}")
        now = Image.open(io.BytesIO(drawn(name).bytes))
        assert np.array_equal(np.asarray(committed), np.asarray(now))
