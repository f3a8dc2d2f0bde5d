"""Exercises: each says at first that nothing is there yet, and with our solution put in that it is right."""

import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dlconcepts.commands import cli
from dlconcepts.doctor import practice
from dlconcepts.doctor.gradients.child import answer
from dlconcepts.rules import rules

ROOT = Path(__file__).parents[2]
every_rule = pytest.mark.parametrize("name", rules)


def written(name, folder, capsys):
    assert cli.main(["practice", name, "--out", str(folder)]) == 0
    capsys.readouterr()
    return folder / practice.file_name(name)


def solve(path, name):
    """Puts the lines of our backward in the place of the empty one, with all that its module knows."""
    backward, text = rules[name].backward, path.read_text()
    lines = inspect.getsource(backward).split('"""', 2)[2].strip("\n")
    names = "{n: v for n, v in vars(ours).items() if n[0] != '_'}"
    ours = f"import {backward.__module__} as ours\nglobals().update({names})\n"
    assert text.count(f"    {practice.EMPTY}") == 1
    path.write_text(ours + text.replace(f"    {practice.EMPTY}", lines))


@every_rule
def test_an_exercise_as_written_has_nothing_in_it_yet(name, tmp_path, capsys):
    found = answer(written(name, tmp_path, capsys), None)
    (diagnosis,) = found["diagnoses"].values()
    assert diagnosis["detail"] == "nothing there yet", diagnosis["text"]


@every_rule
def test_an_exercise_with_our_solution_is_right(name, tmp_path, capsys):
    path = written(name, tmp_path, capsys)
    solve(path, name)
    (diagnosis,) = answer(path, None)["diagnoses"].values()
    assert diagnosis["cause"] == "right", diagnosis["text"]


def test_the_list_goes_through_every_rule_from_easy_to_hard(capsys):
    assert cli.main(["practice", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()[: len(rules)]
    assert sorted(practice.exercises()) == sorted(rules)
    assert [line[5:].startswith(name) for line, name in zip(lines, practice.exercises(), strict=True)] == [True] * len(
        rules
    )
    place = practice.exercises().index
    assert place("sigmoid") < place("softmax") < place("batch norm") < place("convolution")


def test_a_rule_that_nobody_ordered_comes_last(monkeypatch):
    monkeypatch.setitem(rules, "brand new", rules["tanh"])
    assert practice.exercises()[-1] == "brand new"


def test_an_exercise_is_never_overwritten(tmp_path, capsys):
    path = written("tanh", tmp_path, capsys)
    path.write_text("my work")
    assert cli.main(["practice", "tanh", "--out", str(tmp_path)]) == 1
    errors = capsys.readouterr().err
    assert "is not overwritten; remove it, or give another --out" in errors
    assert errors.count("\n") == 1
    assert path.read_text() == "my work"


@every_rule
def test_an_exercise_asks_for_the_left_sides_and_hides_ours(name, tmp_path, capsys):
    text = written(name, tmp_path, capsys).read_text()
    asked = text.split('"""')[-2]
    assert asked.count(" = ?") == len(practice.asked_for(name))
    assert f"dlconcepts check {practice.file_name(name)}" in text
    assert "Shapes: " in text
    assert inspect.getsource(rules[name].backward).split('"""', 2)[2].strip() not in text


def test_the_solution_comes_with_its_derivation(capsys):
    assert cli.main(["practice", "--solution", "layer-norm"]) == 0
    printed = capsys.readouterr().out
    assert "def layer_norm_backward" in printed
    assert "def standardize_backward" in printed
    assert "the variance's term" in printed
    assert "need_same_shape(" not in printed.split("def per_model")[0]


def test_an_exercise_runs_by_itself_and_says_how_to_go_on(tmp_path, capsys):
    path = written("sigmoid", tmp_path, capsys)
    command, here = [sys.executable, str(path)], os.environ | {"PYTHONPATH": str(ROOT)}
    first = subprocess.run(command, env=here, capture_output=True, text=True, check=False)
    assert first.returncode == 1
    assert first.stdout.startswith("Nothing there yet")
    assert "Stuck? dlconcepts practice --solution 'sigmoid'" in first.stdout
    solve(path, "sigmoid")
    second = subprocess.run(command, env=here, capture_output=True, text=True, check=False)
    assert second.returncode == 0, second.stderr
    assert second.stdout.startswith("Right. dx")
    assert "Next: dlconcepts practice 'tanh'" in second.stdout
