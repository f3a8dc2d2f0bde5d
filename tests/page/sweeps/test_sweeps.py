"""Sweeps are data, their records compact and repeatable, and one setting alone gives the recorded numbers."""

# Over 200 lines, and one thing: one sweep from grid to record.

import json
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlconcepts.commands import cli
from dlconcepts.commands import sweep as command
from dlconcepts.evidence.records import Run
from dlconcepts.page.sweeps import record, sweep
from dlconcepts.page.sweeps.grids import SWEEPS, Axis, Sweep, label, state_from
from dlconcepts.page.sweeps.sweep import FULL, QUICK, Budget
from dlconcepts.training.finished_stacks import Partial
from dlconcepts.training.setting import Setting

TINY = Sweep(
    "tiny",
    "?",
    "One hidden layer.",
    {"optimizer": Axis("optimizer", ("sgd", "adam")), "lr": Axis("learning rate", (0.01, 0.1, 1e30))},
    {"optimizer": "sgd", "lr": 0.1},
    lambda optimizer, lr: Setting(hidden=(8,), optimizer=optimizer, lr=lr, epochs=2, batch_size=50),
)
SHORT = Budget("full", 200, 100, (0, 1, 2))


@pytest.fixture
def tiny(monkeypatch, mnist):
    """One small sweep in the place of all, and little data."""
    monkeypatch.setattr(sweep, "SWEEPS", {"tiny": TINY})
    monkeypatch.setattr(sweep, "FULL", SHORT)
    monkeypatch.setattr(sweep.datasets, "load", lambda: mnist)


def trained(folder):
    (path,) = sweep.run_all(["tiny"], SHORT, folder)
    return path


@pytest.mark.parametrize("name", SWEEPS)
def test_a_sweep_is_a_grid_whose_settings_all_differ(name):
    grid = SWEEPS[name]
    sizes = [len(axis.values) for axis in grid.axes.values()]
    assert len(list(grid.states())) == torch.tensor(sizes).prod()
    same = 2 * 5 if name == "regularization" else 0  # of strength 0, L1 and L2 are one, with each number of examples
    assert len(set(grid.arms().values())) == len(list(grid.states())) - same
    assert grid.begin in list(grid.states())
    for axis in grid.axes.values():
        numbers = [value for value in axis.values if not isinstance(value, str)]
        assert all(a < b for a, b in pairwise(numbers))
        assert set(axis.words) <= set(axis.values)


@pytest.mark.parametrize("name", SWEEPS)
def test_every_state_is_read_from_the_line_that_names_it(name):
    for state in SWEEPS[name].states():
        assert state_from(SWEEPS[name], label(state)) == state


def test_a_state_is_read_in_any_order_and_spelling():
    assert state_from(SWEEPS["optimizer"], "lr=.1, batch=64,optimizer=adam") == {
        "optimizer": "adam",
        "batch": 64,
        "lr": 0.1,
    }


def test_the_test_split_is_not_looked_at():
    data = sweep.data_of(QUICK)
    assert data.test is data.validation
    assert (len(data.train), len(data.validation)) == (QUICK.images, QUICK.validation)


def test_the_same_bytes_again_and_after_an_interruption(tiny, tmp_path, monkeypatch):
    first = trained(tmp_path / "a").read_bytes()
    assert trained(tmp_path / "b").read_bytes() == first

    class Broken(Partial):
        def put(self, models, runs):
            super().put(models, runs)
            raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(sweep, "Partial", Broken)
        with pytest.raises(KeyboardInterrupt):
            trained(tmp_path / "c")
    (part,) = (tmp_path / "c" / ".tiny.partial").iterdir()
    before = part.stat().st_mtime_ns
    kept = []
    monkeypatch.setattr(Partial, "clear", lambda self: kept.extend(path.stat().st_mtime_ns for path in [part]))
    assert trained(tmp_path / "c").read_bytes() == first
    assert kept == [before]


def test_one_setting_alone_gives_the_recorded_numbers(tiny, tmp_path):
    for setting in record.read(trained(tmp_path))["settings"]:
        assert sweep.only("tiny", setting["state"]) == setting


def test_a_setting_that_diverges_is_data(tiny, tmp_path):
    found = record.read(trained(tmp_path))["settings"]
    far = [row for row in found if row["state"]["lr"] == 1e30]
    assert len(far) == 2
    for row in far:
        assert all(step is not None for step in row["diverged_at"])
        assert all(values[-1] is None for curve in row["curves"].values() for values in curve)
    assert all(row["diverged_at"] == [None] * 3 for row in found if row not in far)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=1e-300, max_value=1e300))
def test_a_number_keeps_four_digits(value):
    short = record.rounded(value)
    assert abs(short - value) <= 0.0005 * value * (1 + 1e-12)
    digits = f"{short:e}".split("e")[0].replace(".", "").rstrip("0")
    assert len(digits) <= 4


def test_rounding_by_hand():
    assert [record.rounded(value) for value in (0.93456, 12345.0, 0.00012344, 0.0, None)] == [
        0.9346,
        12340.0,
        0.0001234,
        0.0,
        None,
    ]


@given(st.integers(0, 5000))
def test_no_accuracy_on_the_validation_images_is_lost(right):
    assert round(record.rounded(right / FULL.validation) * FULL.validation, 6) == right


def test_the_record_is_strict_json_with_a_line_for_each_setting():
    run = Run("a", 0, curves={name: [0.5, None] for name in record.CURVES})
    rows = [record.setting_of({"lr": lr}, [run]) for lr in (0.1, 0.2)]
    text = record.to_json({"format": 1, "settings": rows})
    assert json.loads(text) == {"format": 1, "settings": rows}
    assert sum(line.startswith('{"state"') for line in text.splitlines()) == 2
    with pytest.raises(ValueError, match="not JSON compliant"):
        record.to_json({"format": float("nan"), "settings": []})


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 0}', "null"])
def test_what_is_no_record_is_refused_with_the_cure(tmp_path, text):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(ValueError, match=r"x\.json: expected a sweep's record .* `dlconcepts sweep` again"):
        record.read(tmp_path / "x.json")


@pytest.mark.parametrize("name", SWEEPS)
def test_the_committed_record_is_of_the_sweep_as_it_stands_here(name):
    found, grid = record.committed()[name], SWEEPS[name]
    assert [row["state"] for row in found["settings"]] == list(grid.states())
    assert (found["sweep"], found["begin"]) == (name, grid.begin)
    assert {key: found[key] for key in ("title", "question", "fixed")} == {
        key: getattr(grid, key) for key in ("title", "question", "fixed")
    }
    assert found["axes"] == {key: sweep.plain(vars(axis)) for key, axis in grid.axes.items()}
    assert found["environment"]["seeds"] == list(FULL.seeds)
    assert found["environment"]["training examples"] == FULL.images
    for row in found["settings"]:
        rounds = grid.setting(**row["state"]).epochs
        assert set(row["curves"]) == set(record.CURVES)
        assert all(len(values) == rounds for curve in row["curves"].values() for values in curve)
        assert len(row["diverged_at"]) == len(FULL.seeds)


def test_the_committed_records_are_small():
    assert sum(path.stat().st_size for path in record.FOLDER.glob("*.json")) < 700_000


def test_the_committed_numbers_are_learned_again():
    """Other machines round otherwise, so within a point; here they are the same."""
    state = {"optimizer": "sgd", "batch": 1024, "lr": 0.3}
    (row,) = [row for row in record.committed()["optimizer"]["settings"] if row["state"] == state]
    again = sweep.only("optimizer", state)
    for ours, recorded in zip(
        again["curves"]["validation accuracy"], row["curves"]["validation accuracy"], strict=True
    ):
        assert ours == pytest.approx(recorded, abs=0.01)


def test_the_command_prints_the_recorded_numbers(tiny, tmp_path, monkeypatch, capsys):
    row = record.read(trained(tmp_path))["settings"][1]
    monkeypatch.setattr("dlconcepts.page.sweeps.grids.SWEEPS", {"optimizer": TINY})
    monkeypatch.setattr(sweep, "SWEEPS", {"optimizer": TINY})
    monkeypatch.setattr(record, "committed", lambda: {"optimizer": {"settings": [row]}})
    assert cli.main(["sweep", "optimizer", "--only", label(row["state"]), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == row
    assert cli.main(["sweep", "optimizer", "--only", label(row["state"])]) == 0
    printed = capsys.readouterr().out
    for values in row["curves"]["validation accuracy"]:
        assert f"{100 * values[-1]:.2f}" in printed
    assert "The same numbers as recorded." in printed
    row["curves"]["training loss"][0][0] += 1
    assert cli.main(["sweep", "optimizer", "--only", label(row["state"])]) == 0
    assert "Not the numbers as recorded" in capsys.readouterr().out


def test_the_command_knows_the_sweeps():
    assert list(SWEEPS) == command.NAMES


WRONG = {
    "an unknown sweep": (["optimzer"], "did you mean 'optimizer'?"),
    "a value that is not there": (["optimizer", "--only", "lr=.2,batch=64,optimizer=adam"], "0.1, 0.3"),
    "an axis that is missing": (["optimizer", "--only", "lr=.1,batch=64"], "optimizer= as well"),
    "an axis that is not there": (["optimizer", "--only", "lrr=.1"], "lrr"),
    "an empty setting": (["optimizer", "--only", ""], "AXIS=VALUE"),
    "one setting of all sweeps": (["--only", "lr=1"], "one sweep"),
    "one setting of two": (["optimizer", "activation", "--only", "lr=1"], "one sweep"),
    "one setting, into a folder": (["optimizer", "--out", "x", "--only", "lr=1"], "no --out"),
    "one setting, by workers": (["optimizer", "--workers", "2", "--only", "lr=1"], "no --workers"),
    "one setting, quickly": (["optimizer", "--quick", "--only", "lr=1"], "no --quick"),
    "records as JSON": (["optimizer", "--json"], "--json goes with --only"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_use_ends_with_code_2_and_one_line(case, capsys, monkeypatch):
    arguments, message = WRONG[case]
    monkeypatch.setattr("dlconcepts.images.data_set.load", lambda *_: pytest.fail("data was read"))
    try:
        code = cli.main(["sweep", *arguments])
    except SystemExit as end:
        code = end.code
    printed = capsys.readouterr()
    assert code == 2
    assert message in printed.err
    assert printed.err.count("\n") == 1
