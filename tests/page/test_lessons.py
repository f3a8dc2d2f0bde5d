"""A lesson leaves the page as it lies in the checkout."""

import base64

from dlconcepts.glossary import notebook
from dlconcepts.page.lessons import downloads


def content(link):
    kind, _, data = link.partition(";base64,")
    assert kind.startswith("data:")
    return base64.b64decode(data).decode()


def test_the_links_hold_the_script_and_the_same_as_a_notebook():
    script, book = downloads("loss")
    assert (script.name, book.name) == ("loss.py", "loss.ipynb")
    assert content(script.link) == (notebook.folder() / "loss.py").read_text(encoding="utf-8")
    assert content(book.link) == notebook.notebook("loss")


def test_a_concept_without_a_lesson_has_no_link(monkeypatch, tmp_path):
    monkeypatch.setattr(notebook, "folder", lambda: tmp_path)
    assert downloads("loss") == []
