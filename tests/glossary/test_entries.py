"""Every entry of the glossary is whole: its code is there, its formula can be set, what it says to try works."""

import shlex
from pathlib import Path

import pytest

from dlconcepts import gallery, glossary
from dlconcepts.commands import cli
from dlconcepts.doctor import practice
from dlconcepts.evidence import records
from dlconcepts.glossary import explain
from dlconcepts.glossary.source_code import place
from dlconcepts.rules import rules

ROOT = Path(__file__).parents[2]
TERMS = list(glossary.read()["terms"])
every_term = pytest.mark.parametrize("name", TERMS)


def test_no_entry_lacks_a_field_or_shares_a_name():
    assert glossary.problems(glossary.read()) == []


@every_term
def test_the_code_of_a_term_is_there(name):
    for code in glossary.term(name).code:
        assert place(code).line > 0


@every_term
def test_a_formula_can_be_set_on_a_page(name):
    converter = pytest.importorskip("latex2mathml.converter")
    if latex := glossary.term(name).latex:
        assert "\\" not in converter.convert(latex)  # what it does not know it leaves as it is


@every_term
def test_a_definition_is_one_to_four_sentences(name):
    definition = glossary.term(name).definition
    assert definition[0].isupper()
    assert definition.endswith(".")
    assert 40 <= len(definition) <= 400


@every_term
def test_what_a_term_says_to_try_works(name):
    command, _, watch = glossary.term(name).try_it.partition(" # ")
    works(command)
    assert len(watch.split()) >= 4, "say what to watch"


def works(command):
    """The options are known, settings go together, names exist. What is trained is not trained here."""
    program, *words = shlex.split(command)
    if program == "python":
        script = ROOT / words[0]
        assert script.parent.name == "scripts"
        source = script.read_text(encoding="utf-8")
        assert all(option.split("=")[0] in source for option in words[1:] if option.startswith("-"))
        return
    assert program == "dlconcepts"
    options = cli.parser().parse_args(words)  # SystemExit where one is unknown
    if options.command == "run":
        overrides = dict(options.overrides) | ({"epochs": options.epochs} if options.epochs else {})
        assert options.concepts
        assert options.quick or options.redraw, "a look takes seconds, a full run minutes"
        for concept in options.concepts:
            gallery.arms_of(concept, gallery.Request(overrides=overrides))
    elif options.command == "practice":
        assert practice.title(options.rule)
    elif options.command == "verify":
        assert set(options.rules) <= rules.keys()
    elif options.command == "explain":
        assert explain.explain(" ".join(options.term))


@pytest.mark.parametrize(
    "command",
    [
        "dlconcepts run losses --quick",
        "dlconcepts run loss --quick --sett lr=1",
        "dlconcepts run loss --quick --set lrr=1",
        "dlconcepts run loss",
        "dlconcepts run loss --quick --set loss=hinge --set label_smoothing=0.1",
        "dlconcepts practice softmaxx",
        "dlconcepts verify reluu",
        "dlconcepts explain quokka",
        "python scripts/lost.py",
        "python scripts/loss.py --quik",
        "pip install",
    ],
)
def test_what_does_not_work_is_noticed(command):
    with pytest.raises((AssertionError, SystemExit, ValueError, OSError)):
        works(command)


@pytest.mark.parametrize("id", glossary.read()["statements"])
def test_a_statement_has_a_verdict_in_the_committed_record(id):
    verdict = records.read(records.FOLDER / f"{id.split('.')[0]}.json").found()[id]
    assert verdict.outcome in ("supported", "conditional", "refuted", "not shown")
    assert "NOT YET MEASURED" not in explain.as_text(explain.explain(id))


@every_term
def test_a_term_can_be_explained_by_each_of_its_names(name):
    for said in (name, *glossary.term(name).aliases):
        assert explain.explain(said)["term"]["name"] == name
    assert explain.as_text(explain.explain(name)).startswith(name)
