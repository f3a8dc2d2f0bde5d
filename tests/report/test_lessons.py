"""A lesson leaves the page as it lies in the checkout."""

import base64
import json

from dlconcepts.report.lessons import SCRIPTS, downloads, notebook


def content(link):
    kind, _, data = link.partition(";base64,")
    assert kind.startswith("data:")
    return base64.b64decode(data).decode()


def test_the_links_hold_the_script_and_the_same_as_a_notebook():
    script, book = downloads("loss")
    assert script.name == "loss.py"
    assert content(script.link) == (SCRIPTS / "loss.py").read_text(encoding="utf-8")
    assert book.name == "loss.ipynb"
    cells = json.loads(content(book.link))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert len(cells) > len(code) > 4
    assert "import torch" in "".join(code[0]["source"])
    assert len({cell["id"] for cell in cells}) == len(cells)


def test_the_same_script_is_the_same_notebook():
    text = (SCRIPTS / "loss.py").read_text(encoding="utf-8")
    assert notebook(text) == notebook(text)


def test_without_the_lessons_there_is_no_link(monkeypatch, tmp_path):
    monkeypatch.setattr("dlconcepts.report.lessons.SCRIPTS", tmp_path)
    assert downloads("loss") == []
