"""A figure in the page looks as matplotlib drew it, though it has no styles of its own any more."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from dlconcepts import gallery, glossary
from dlconcepts.drawing.render import render
from dlconcepts.evidence import records
from dlconcepts.page.svg import inline, store

pytestmark = pytest.mark.browser
MEASURED = [name for name in glossary.concepts() if (records.FOLDER / f"{name}.json").is_file()]
PAGE = (
    "<!doctype html><style>body {{ margin: 0 }} svg {{ display: block; width: 1152px; height: 648px }} {more}</style>"
)
STORE = ".store { position: absolute; width: 0; height: 0 }"


def drawn(name):
    record, module = records.read(records.FOLDER / f"{name}.json"), gallery.concept(name)
    return render(lambda figure: module.draw(figure, record.runs, record.found()), "svg")


def seen(browser, file, text):
    """The pixels of a page that shows nothing but this."""
    file.write_text(text, encoding="utf-8")
    browser.show("projector", file=file)
    clip = {"x": 0, "y": 0, "width": 1152, "height": 648, "scale": 1}
    found = browser.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png", "clip": clip})
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(found["data"]))).convert("RGB"), dtype=float)


@pytest.mark.parametrize("name", MEASURED)
def test_a_figure_looks_as_it_was_drawn(browser, tmp_path, name):
    """To a hundredth of a point: edges differ by a shade, and nothing is missing or in another colour."""
    svg, letters = drawn(name), {}
    figure = inline(svg, name, "", letters)
    before = seen(browser, tmp_path / "before.html", PAGE.format(more="") + svg.decode())
    after = seen(browser, tmp_path / "after.html", PAGE.format(more=STORE) + store(letters) + figure)
    assert before.std() > 10, "there is something to compare"
    difference = np.abs(before - after).max(axis=-1)
    assert difference.mean() < 0.1  # of 255; measured: at most 0.054
    assert difference.max() < 80  # a letter's edge that crosses a pixel's; measured: at most 61


def test_a_figure_without_its_letters_would_be_noticed(browser, tmp_path):
    svg, letters = drawn("loss"), {}
    figure = inline(svg, "loss", "", letters)
    before = seen(browser, tmp_path / "before.html", PAGE.format(more="") + svg.decode())
    after = seen(browser, tmp_path / "after.html", PAGE.format(more=STORE) + figure)
    assert (np.abs(before - after).max(axis=-1) >= 80).sum() > 1000
