"""What `explain` and `list` say, to people and to programs."""

import json
import os
import subprocess
import sys

import pytest

from dlconcepts import glossary
from dlconcepts.commands import cli
from dlconcepts.evidence import records
from dlconcepts.evidence.records import Verdict
from dlconcepts.evidence.verdict_text import mentions, telling
from dlconcepts.glossary import explain


def said(capsys, *words):
    assert cli.main(["explain", *words]) == 0
    return capsys.readouterr().out


def test_a_term_is_told_with_definition_formula_code_verdicts_figure_and_something_to_try(capsys):
    text, entry = said(capsys, "mse"), glossary.term("mean squared error")
    assert text.startswith("mean squared error\n")
    for part in (entry.formula, "dlconcepts/manual/loss.py:", "mean_squared_error", "[loss.kinds]", "CONDITIONAL: "):
        assert part in text
    for part in (entry.definition, entry.try_it.partition(" # ")[0]):
        assert part in " ".join(text.split())
    assert "figures/loss.png" in text
    effect = records.read(records.FOLDER / "loss.json").found()["loss.kinds"].parts["it ends above squared error"]
    assert f"{effect.effect:.4g} [{effect.low:.4g}, {effect.high:.4g}]" in text


def test_the_place_it_prints_is_where_the_function_is(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)  # from anywhere
    line = next(line for line in said(capsys, "mse").splitlines() if "loss.py:" in line)
    path, number = line.split()[1].split(":")
    with open(path) as file:
        assert file.readlines()[int(number) - 1].startswith("def mean_squared_error(")


@pytest.mark.parametrize("words", [["batch", "size"], ["Batch-Size"], ["batch_size"], ["batchsize"]])
def test_words_may_come_in_any_spelling_and_unquoted(words, capsys):
    assert said(capsys, *words).startswith("batch size\n")


def test_a_statement_is_told_with_all_its_conditions(capsys):
    text, verdict = said(capsys, "loss.kinds"), records.read(records.FOLDER / "loss.json").found()["loss.kinds"]
    assert len(verdict.parts) > 4
    for name, part in verdict.parts.items():
        assert f"{part.outcome}: {name}\n" in text


def test_a_concept_is_told_with_its_page_and_all_its_statements(capsys):
    text = said(capsys, "epochs")
    assert glossary.question("epochs") in text
    assert glossary.page("epochs").splitlines()[2] in text
    for id in glossary.statements("epochs"):
        assert f"[{id}]" in text


def test_without_a_term_all_are_listed(capsys):
    text = " ".join(said(capsys).split())
    for concept in glossary.concepts():
        assert f"{concept} {', '.join(glossary.terms(concept))}" in text
    assert json.loads(said(capsys, "--json"))["terms"] == {c: glossary.terms(c) for c in glossary.concepts()}


def test_programs_get_the_same_as_people(capsys):
    found = json.loads(said(capsys, "mse", "--json"), parse_constant=pytest.fail)
    entry = glossary.term("mean squared error")
    assert found["term"]["name"] == entry.name
    assert found["term"]["definition"] == entry.definition
    assert found["term"]["code"][0]["file"] == "dlconcepts/manual/loss.py"
    assert found["concept"]["name"] == "loss"
    verdicts = {row["id"]: records.to_verdict(row["verdict"]) for row in found["statements"]}
    judged = records.read(records.FOLDER / "loss.json").found()
    assert verdicts == {id: judged[id] for id in verdicts}
    assert verdicts


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["quokka"], "`dlconcepts explain` shows all terms"),
        (["mean", "sqared", "eror"], "did you mean 'mean squared error'"),
        (["loss.kind"], "did you mean 'loss.kinds'"),
        (["learnig_rate"], "did you mean 'learning"),
        ([""], "no such term"),
        (["-"], "no such term"),
    ],
)
def test_an_unknown_term_ends_with_code_2_and_one_line(words, hint, capsys):
    assert cli.main(["explain", *words]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert hint in printed.err


def test_what_is_not_yet_measured_is_said(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(explain, "FOLDER", tmp_path)
    assert "NOT YET MEASURED: " in said(capsys, "mse")
    assert json.loads(said(capsys, "mse", "--json"))["statements"][0]["verdict"] is None


def test_a_terminal_without_the_signs_of_a_formula_gets_question_marks():
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "dlconcepts", "explain", "mse"]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "?" in found.stdout
    assert "mean squared error" in found.stdout


def condition(outcome, exact=False):
    return Verdict(outcome, "points", 1.0, 0.5, 1.5, 0.0, seeds=10, exact=exact)


def test_the_conditions_that_say_most_are_the_first_of_each_outcome_and_measured_ones_first():
    parts = {
        "identity": condition("supported", exact=True),
        "deep": condition("supported"),
        "wide": condition("supported"),
        "flat": condition("refuted"),
    }
    assert list(telling(Verdict("conditional", "m", parts=parts))) == ["deep", "flat"]
    assert list(telling(Verdict("conditional", "m", parts=parts), ["wide"])) == ["wide"]
    assert list(telling(Verdict("conditional", "m", parts=parts), ["wid"])) == ["deep", "flat"]
    only = {"a": condition("supported", exact=True)}
    assert list(telling(Verdict("supported", "m", parts=only))) == ["a"]


def test_a_word_is_mentioned_only_as_a_word_of_its_own():
    assert mentions("L2: a narrower gap", "l2")
    assert not mentions("cross-entropy is best", "entropy")
    assert not mentions("batches of 8", "batch")


def test_list_counts_the_outcomes_of_all_statements(capsys):
    assert cli.main(["list", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    judged = [records.read(records.FOLDER / f"{name}.json").found() for name in glossary.concepts()]
    outcomes = [verdict.outcome for verdicts in judged for verdict in verdicts.values()]
    assert found["verdicts"] == {outcome: outcomes.count(outcome) for outcome in set(outcomes)}
    assert cli.main(["list"]) == 0
    assert f"{len(outcomes)} statements: " in capsys.readouterr().out


def test_an_alias_is_told_in_one_spelling_and_without_its_plural():
    entry = glossary.Term("F1", "metrics", aliases=("f1", "F1 score", "f1_score", "F-measure", "F-measures"))
    assert explain.other_names(entry) == ["F1 score", "F-measure"]
