import json

import pytest

from dlconcepts.bench import kinds, measure, recipes
from dlconcepts.commands import cli
from dlconcepts.images.data_set import Split


@pytest.fixture
def short(monkeypatch):
    """A benchmark in seconds: few images, small products."""
    monkeypatch.setattr(measure, "PART", 256)
    monkeypatch.setattr(kinds, "PART", 128)
    monkeypatch.setattr(kinds, "KINDS", {"momentum": kinds.KINDS["momentum"]})
    monkeypatch.setattr(measure, "SIDES", (64,))
    monkeypatch.setattr(recipes, "RECIPES", recipes.RECIPES[:5])
    monkeypatch.setattr(measure, "RECIPES", [r for r in measure.RECIPES if r.models <= 4])


def test_every_recipe_is_measured_and_compared(short, capsys):
    assert cli.main(["bench", "--batch", "64", "--rounds", "1", "--no-scaling", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert [row["kind"] for row in printed["kinds"]] == ["momentum"]
    (found,) = printed["batches"]
    assert list(found["seconds"])[-1] == measure.LIMIT
    assert len(found["seconds"]) >= 5
    assert found["times as fast as in memory"][measure.BASE] == 1
    assert found["share of the limit"][measure.LIMIT] == 1
    assert found["seconds"].keys() == found["share of the limit"].keys() == found["times as fast as in memory"].keys()
    for name, spent in found["seconds"].items():  # of a single round
        assert found["times as fast as in memory"][name] == pytest.approx(found["seconds"][measure.BASE] / spent)
        assert found["share of the limit"][name] > 0
    assert measure.LIMIT in measure.table(found)


def test_a_ratio_is_of_what_was_measured_in_one_round():
    assert measure.ratio([2.0, 30.0, 5.0], [1.0, 10.0, 1.0]) == 3


def test_a_batch_larger_than_one_measurement_is_refused(capsys):
    assert cli.main(["bench", "--batch", "100000"]) == 2
    assert "expected at most 12800" in capsys.readouterr().err


@pytest.mark.parametrize("recipe", [r for r in recipes.RECIPES if r.models <= 16], ids=lambda r: r.name)
def test_every_recipe_trains(recipe, mnist):
    run = recipe.prepare(Split(mnist.train.x[:256], mnist.train.y[:256]), 64)
    run()
    run()


def test_the_limit_counts_what_training_must_multiply():
    assert pytest.approx(24.5e9, rel=0.01) == 60_000 * recipes.FLOP


def test_the_table_over_models_and_epochs_has_a_row_for_each_number_of_models():
    rows = [{"models": m, "epochs": e, "seconds": m * e, "peak MiB": 100.0} for m in (1, 2) for e in (1, 4)]
    lines = measure.scaling_table(rows).splitlines()
    assert len(lines) == 3
    assert lines[2].split() == ["2", "2.00s", "8.00s", "100"]
