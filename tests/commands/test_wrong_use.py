"""Every option of every command over values it cannot take: exit code 2, one line, and no data is read.

The command lines are made from the parser and from Setting's fields, so that a new option is asked for its refusals
without a line here.
"""

import argparse
from dataclasses import fields

import pytest

from dlconcepts.commands import cli, options
from dlconcepts.training.setting import Setting

NO_NUMBER = ("", " ", "abc", "None", "nan", "inf", "1e400", "-1", "--")
NO_COUNT = (*NO_NUMBER, "0", "1.5", "0x10", "1,000", "9" * 20)
NO_NAME = ("", "zzzzz", "None")
NO_PATH = ("", "\0")
BAD = {  # what a reader of options.py refuses
    options.count: NO_COUNT,
    options.cores: (*NO_COUNT, "257"),
    options.seconds: (*NO_NUMBER, "0"),
    options.formats: (*NO_NAME, "png,gif", "png,", "PNG"),
    options.path: NO_PATH,
    options.assignment: (*NO_NAME, "lr", "=1", "lr=", "lr:1"),
}
NEEDED = {
    "run": ["epochs"],
    "check": ["patient.py"],
    "notebook": ["doctor"],
}  # what stands beside the option under test
NEAREST = {
    "run activatoin": "activation",
    "verify sigmiod": "sigmoid",
    "practice sofmax": "softmax",
    "check x.py --like sigmiod": "sigmoid",
    "notebook doctr": "doctor",
    "run epochs --quik": "--quick",
    "run epochs --gradients manul": "manual",
    "run epochs --device cude": "cuda",
    "run epochs --set optimizr=sgd": "optimizer",
    "run epochs --set optimizer=adm": "adam",
    "run epochs --set activation=rellu": "relu",
    "run epochs --set schedule=cosin": "cosine",
}


def commands() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command."""
    (subparsers,) = (a for a in cli.parser()._actions if isinstance(a, argparse._SubParsersAction))
    return subparsers.choices


def bad_options() -> list[list[str]]:
    """Each option of each command with each value that it cannot take; positional words too."""
    lines = []
    for name, command in commands().items():
        for action in command._actions:
            words = action.option_strings[-1:]
            bad = BAD.get(action.type, NO_NAME if callable(action.type) else ())
            beside = NEEDED.get(name, []) if words else []
            lines += [[name, *beside, *words, value] for value in bad]
        lines += [[name, *NEEDED.get(name, []), "--no-such-option"]]
    return lines


def bad_fields() -> list[list[str]]:
    """Each field of a Setting with values of the wrong type, and out of its range."""
    values = {int: (*NO_NUMBER, "1.5", "9" * 20), float: (*NO_NUMBER, "-inf", "1;2"), str: (*NO_NAME, "1")}
    return [
        ["run", "epochs", "--set", f"{field.name}={value}"]
        for field in fields(Setting)
        for value in values.get(field.type, ("x", "0", "-1", "1.5", "1,,2", "nan", "1 2"))
    ]


MORE = [
    ["bench", "--batch", "12801"],
    ["run", "epochs", "--set", "lr=0.1", "--set", "lr=0.2"],
    ["run", "epochs", "--epochs", "2", "--set", "epochs=2"],
    ["run", "metrics", "--tune"],
    ["run", "activation", "--tune", "--set", "lr=0.2"],
    ["run", "epochs", "--quick", "--set", "batch_size=1001"],
    ["run", "activation", "--set", "batch_size=50001"],
]
LINES = [line for line in bad_options() + bad_fields() + MORE if line[-1] != "--"]


def refused(arguments: list[str], capsys, monkeypatch) -> str:
    """The one line that a command line is refused with."""
    monkeypatch.setattr("dlconcepts.images.data_set.load", lambda *_: pytest.fail("data was read"))
    try:
        code = cli.main(arguments)
    except SystemExit as end:
        code = end.code
    printed = capsys.readouterr()
    assert (code, printed.out) == (options.WRONG_USE, "")
    assert printed.err.count("\n") == 1
    return printed.err


def test_there_are_many():
    assert len({tuple(line) for line in LINES}) >= 300
    assert {line[0] for line in LINES} == set(commands())


@pytest.mark.parametrize("line", LINES, ids=lambda line: " ".join(map(repr, line)))
def test_a_value_that_cannot_be_is_refused_in_one_line(line, capsys, monkeypatch):
    said = refused(line, capsys, monkeypatch)
    assert line[0] in said
    assert line[-1].split("=")[0] in said or repr(line[-1]) in said


@pytest.mark.parametrize("line", NEAREST)
def test_of_an_unknown_name_the_nearest_is_suggested(line, capsys, monkeypatch, tmp_path):
    (tmp_path / "x.py").write_text("")
    monkeypatch.chdir(tmp_path)
    assert f"did you mean {NEAREST[line]}?" in refused(line.split(), capsys, monkeypatch).replace("'", "")


def test_every_kind_of_option_is_asked_for():
    """Or a new reader's refusals would not be tried."""
    kinds = {action.type for command in commands().values() for action in command._actions}
    assert {kind for kind in kinds if kind and kind.__qualname__ != "one_of.<locals>.check"} <= set(BAD)
