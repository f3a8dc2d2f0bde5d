"""Exercises: each says at first that nothing is there yet, and with our solution put in that it is right."""

import inspect

import pytest

from dlconcepts import cli, practice
from dlconcepts.doctor.child import answer
from dlconcepts.rules import rules

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
