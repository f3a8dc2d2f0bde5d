"""The committed page: whole, offline, not stale; and what is planted in a record stays text."""

import base64
import hashlib
import re
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from dlconcepts import glossary
from dlconcepts.commands import cli
from dlconcepts.evidence import records
from dlconcepts.page import LIBRARIES, contents, document
from tests.page.reading import Page

FIGURES = Path(__file__).parents[2] / "figures"


@cache
def text():
    return (FIGURES / "index.html").read_text(encoding="utf-8")


@cache
def committed():
    return Page(text())


def generator(found):
    return next(a["content"] for tag, a in found.elements if tag == "meta" and a.get("name") == "generator")


@pytest.mark.long
def test_the_committed_page_is_what_the_records_make_now():
    """To the byte, where the same libraries make it."""
    if generator(committed()) != document.made_with():
        pytest.skip(f"made with {generator(committed())}, here is {document.made_with()}")
    assert document.html() == text(), "run: make report"


def test_the_policy_forbids_everything_but_these_styles_and_scripts():
    (policy,) = [a["content"] for _, a in committed().elements if a.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules.pop("default-src") == rules.pop("base-uri") == rules.pop("form-action") == "'none'"
    assert rules.pop("img-src") == "data:"
    for kind, contents_of in (("style-src", committed().styles), ("script-src", committed().scripts)):
        (content,) = contents_of
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert rules.pop(kind) == f"'sha256-{digest}'"
    assert rules == {}


def test_the_policy_comes_before_all_that_it_governs():
    tags = [
        tag
        for tag, attributes in committed().elements
        if tag in ("style", "script", "link", "img", "svg") or "http-equiv" in attributes
    ]
    assert tags[0] == "meta"


def test_nothing_is_fetched():
    addresses = [
        a[name]
        for tag, a in committed().elements
        for name in ("src", "href", "action", "srcset")
        if name in a and not (tag == "a" and a[name].startswith("https://"))
    ]
    assert {address.partition(":")[0] if ":" in address else address[:1] for address in addresses} == {"data", "#"}
    assert set(re.findall(r"url\((.)", text())) <= {"#"}
    assert "@import" not in text()
    assert "@font-face" not in text()


def test_no_style_and_no_script_stands_in_an_attribute():
    for tag, attributes in committed().elements:
        assert not [name for name in attributes if name == "style" or name.startswith("on")], (tag, attributes)


def test_ids_are_unique_and_each_link_within_the_page_has_its_target():
    ids = committed().all("id")
    assert len(ids) == len(set(ids))
    names = ("href", "aria-labelledby", "aria-controls", "for", "aria-describedby")
    wanted = {
        word
        for name in names
        for value in committed().all(name)
        for word in value.split()
        if name != "href" or value.startswith("#")
    }
    assert {word.removeprefix("#") for word in wanted} <= set(ids)


def test_it_is_small_enough_to_send():
    assert len(text().encode()) < 6e6


def test_all_that_the_glossary_has_is_in_it():
    ids, words = set(committed().all("id")), " ".join(" ".join(committed().words).split())
    measured = [name for name in glossary.concepts() if (records.FOLDER / f"{name}.json").is_file()]
    assert len(measured) >= 7
    for name in measured:
        assert name in ids
        assert glossary.question(name) in words
        assert set(glossary.statements(name)) <= ids
        for term in map(glossary.term, glossary.terms(name)):
            assert f"term-{contents.slug(term.name)}" in ids
            assert any(set(term.aliases) <= set(names.split("|")) for names in committed().all("data-names"))
        assert f"dlconcepts run {name}" in words
        assert f"{name}.ipynb" in committed().all("download")
    gists = [gist for name in measured for gist in glossary.statements(name).values()]
    assert [gist for gist in gists if gist not in words] == []


def test_figures_and_plots_have_a_text_alternative():
    pictures = [a for tag, a in committed().elements if tag == "svg" and a.get("aria-hidden") != "true"]
    assert len(pictures) > 100
    assert [a for a in pictures if a.get("role") != "img" or not a.get("aria-label")] == []


PLANTED = "<script>alert(1)</script>"


def test_what_is_planted_in_a_record_stays_text(monkeypatch):
    record = records.read(records.FOLDER / "loss.json")
    id, verdict = next((id, verdict) for id, verdict in record.verdicts.items() if verdict.parts)
    parts = {f"{PLANTED}{name}": replace(part, metric=PLANTED) for name, part in verdict.parts.items()}
    planted = replace(
        record,
        verdicts=record.verdicts | {id: replace(verdict, metric=f'"{PLANTED}', parts=verdict.parts | parts)},
        runs=[replace(run, label=run.label + PLANTED) for run in record.runs] + record.runs,
        environment=record.environment | {"torch": PLANTED},
    )
    monkeypatch.setattr(records, "read", lambda path: planted)
    gists = glossary.statements("loss") | {id: f"`{PLANTED}`"}
    monkeypatch.setattr(glossary, "statements", lambda concept: gists)
    letters = {}
    found = Page(document.filled([contents.concept("loss", letters)], letters))
    assert len(found.scripts) == 1
    assert "alert" not in found.scripts[0]
    assert " ".join(found.words).count(PLANTED) >= 4


def test_a_script_that_would_end_its_element_is_refused(monkeypatch, tmp_path):
    (tmp_path / "page.js").write_text('"</script>"')
    monkeypatch.setattr(document, "HERE", tmp_path)
    with pytest.raises(ValueError, match="would end the element"):
        document.asset("page.js", "")


def test_report_writes_the_page_and_a_failure_leaves_the_old_one(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(document, "html", lambda: "new")
    assert cli.main(["report", "--out", str(tmp_path)]) == 0
    assert (tmp_path / "index.html").read_text() == "new"
    assert f"page: {tmp_path / 'index.html'}" in capsys.readouterr().out

    def refused(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(records.os, "replace", refused)
    monkeypatch.setattr(document, "html", lambda: "newer")
    assert cli.main(["report", "--out", str(tmp_path)]) == 1
    assert "index.html: cannot be written (No space left on device)" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
    assert (tmp_path / "index.html").read_text() == "new"


@pytest.mark.parametrize("missing", LIBRARIES)
def test_a_missing_extra_ends_with_code_1_and_the_cure(missing, tmp_path):
    code = (
        f"import sys; sys.modules[{missing!r}] = None; from dlconcepts.commands.cli import main\n"
        f"sys.exit(main(['report', '--out', {str(tmp_path)!r}]))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert found.stderr == f"dlconcepts: report needs {missing}; pip install 'dlconcepts[page]'\n"
