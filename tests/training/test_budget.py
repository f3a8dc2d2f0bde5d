"""DLCONCEPTS_MOST_STEPS cuts every training alike, and nothing that comes from a cut one passes for a result."""

from dataclasses import replace

import pytest

from dlconcepts import gallery
from dlconcepts.commands import cli
from dlconcepts.concepts import activation
from dlconcepts.evidence import records
from dlconcepts.gallery import concept_run, recorded_tuning
from dlconcepts.gallery.record_text import summary
from dlconcepts.page.sweeps import record as sweep_record
from dlconcepts.page.sweeps import sweep
from dlconcepts.training import budget
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.finished_stacks import Partial
from dlconcepts.training.setting import Setting
from dlconcepts.training.stacks import Model
from dlconcepts.training.train import train
from dlconcepts.training.workers import Workers

SHORT = Setting(hidden=(8,), epochs=3, batch_size=50, lr=0.2)


@pytest.fixture
def cut(monkeypatch):
    monkeypatch.setenv(budget.MOST_STEPS, "2")


def test_the_budget_is_the_settings_own_without_the_switch(tiny):
    assert (budget.steps(SHORT, tiny), budget.epochs(SHORT, tiny)) == (12, 3)
    assert (budget.steps(replace(SHORT, steps=5), tiny), budget.epochs(replace(SHORT, steps=5), tiny)) == (5, 2)
    assert budget.cut() == {}


@pytest.mark.usefixtures("cut")
def test_a_cut_training_ends_after_so_many_steps_and_a_shorter_one_as_it_would(tiny):
    assert (budget.steps(SHORT, tiny), budget.epochs(SHORT, tiny)) == (2, 1)
    assert budget.steps(replace(SHORT, steps=1), tiny) == 1


@pytest.mark.usefixtures("cut")
@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_a_cut_training_is_the_same_by_hand_by_autograd_and_in_torch(tiny, schedule):
    setting = replace(SHORT, schedule=schedule)
    (by_hand,), (by_autograd,) = (train({"a": setting}, [0], tiny, gradients=g) for g in ("manual", "autograd"))
    theirs = activation.in_torch(tiny, setting)
    assert len(theirs) == 2
    assert by_hand.curves["training loss"] == pytest.approx(by_epoch(theirs, setting, len(tiny.train)), abs=1e-13)
    assert by_hand.curves["training loss"] == pytest.approx(by_autograd.curves["training loss"], abs=1e-13)


def test_a_cut_training_is_the_whole_one_of_so_many_steps(tiny, monkeypatch):
    whole = train({"a": replace(SHORT, steps=2)}, [0, 1], tiny)
    monkeypatch.setenv(budget.MOST_STEPS, "2")
    assert train({"a": SHORT}, [0, 1], tiny) == whole


def test_a_stack_finished_under_the_switch_is_not_taken_for_a_whole_one(tiny, tmp_path, monkeypatch):
    def place():
        return Partial(tmp_path, "c", tiny, "manual", "cpu").path([Model("a", SHORT, 0)])

    whole = place()
    monkeypatch.setenv(budget.MOST_STEPS, "2")
    two = place()
    monkeypatch.setenv(budget.MOST_STEPS, "3")
    assert len({whole, two, place()}) == 3


@pytest.mark.usefixtures("cut")
def test_a_cut_run_says_so_and_is_not_judged(tiny, tmp_path):
    declared = gallery.Request(seeds=5)
    assert not declared.declared()
    request = replace(declared, overrides={"lr": 0.1})
    nothing = Partial(tmp_path, "activation", tiny, "manual", "cpu")
    record = concept_run.measure("activation", request, tiny, Silent(), Workers(), nothing, nothing)
    assert record.environment["most steps"] == 2
    assert {verdict.outcome for verdict in record.found().values()} == {"not judged"}
    assert "every training was cut to 2 steps" in summary(record)


def test_a_whole_run_says_nothing_of_it(tiny):
    assert "most steps" not in concept_run.environment(tiny, [0], gallery.Request())
    assert gallery.Request().declared()


@pytest.mark.usefixtures("cut")
def test_no_committed_number_comes_from_a_cut_training(tmp_path):
    request = gallery.Request(out=records.FOLDER / ".." / "records", figures=tmp_path)
    with pytest.raises(ValueError, match="committed record: expected whole trainings; unset DLCONCEPTS_MOST_STEPS=2"):
        list(gallery.run_all(["activation"], request))
    with pytest.raises(ValueError, match="committed sweep: expected whole trainings"):
        list(sweep.run_all(["optimizer"], sweep.QUICK, sweep_record.FOLDER))
    assert list(tmp_path.iterdir()) == []


def test_a_whole_run_does_not_take_its_tuned_values_from_a_cut_one(tmp_path):
    committed = records.read(records.FOLDER / "activation.json")
    request = gallery.Request(out=tmp_path)
    rows = {label: {**row, "chosen": 7.0} for label, row in committed.tuning.items()}
    for environment, chosen in [
        (committed.environment, rows),
        ({**committed.environment, "most steps": 2}, committed.tuning),
    ]:
        changed = replace(committed, tuning=rows, environment=environment)
        records.write(tmp_path / "activation.json", records.to_json(changed))
        assert recorded_tuning.recorded("activation", request) == chosen


@pytest.mark.usefixtures("cut")
def test_speed_is_not_measured_with_cut_trainings(capsys):
    assert cli.main(["bench"]) == 1
    assert "unset DLCONCEPTS_MOST_STEPS=2" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["0", "-1", "2.5", "few", " "])
def test_a_value_that_is_no_count_is_refused(tiny, monkeypatch, value):
    monkeypatch.setenv(budget.MOST_STEPS, value)
    with pytest.raises(ValueError, match=f"{budget.MOST_STEPS}=.*: expected a whole number from 1"):
        train({"a": SHORT}, [0], tiny)


class Silent:
    """A progress bar that nobody sees."""

    def update(self, epochs):
        pass
