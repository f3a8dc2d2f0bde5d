import json
from dataclasses import replace

import pytest

from dlconcepts import gallery
from dlconcepts.evidence import records
from dlconcepts.evidence.records import Run
from dlconcepts.gallery import recorded_tuning
from dlconcepts.gallery.record_text import summary
from dlconcepts.training import tuning
from dlconcepts.training.setting import Setting

TINY = {"hidden": (8,), "epochs": 1, "lr": 0.1, "batch_size": 256}


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """One very small run of a concept, as `run --quick` makes it."""
    folder = tmp_path_factory.mktemp("out")
    request = gallery.Request(quick=True, seeds=2, overrides=TINY, out=folder)
    return gallery.run("activation", request), request


def test_a_run_leaves_a_record_and_a_figure(quick):
    record, request = quick
    assert sorted(path.name for path in request.out.iterdir()) == ["activation.json", "activation.png"]
    found = json.loads((request.out / "activation.json").read_text(), parse_constant=pytest.fail)
    assert found["environment"]["data"]["training examples"] == gallery.QUICK_IMAGES
    assert found["environment"]["budget"] == "quick"
    assert len(record.runs) == 2 * len(record.settings)


def test_a_quick_run_is_not_judged(quick):
    record, _ = quick
    assert {verdict.outcome for verdict in record.verdicts.values()} == {"not judged"}
    assert "NOT JUDGED" in summary(record)


def test_the_same_run_gives_the_same_bytes_outside_timing(quick, tmp_path):
    record, request = quick
    again = gallery.run("activation", replace(request, out=tmp_path))
    assert strip(again) == strip(record)


def strip(record):
    found = json.loads(records.to_json(record))
    del found["timing"]
    for row in found["runs"]:
        del row["timing"]
    return json.dumps(found)


def test_the_progress_bar_counts_what_a_concept_trains_beside_its_arms(small, monkeypatch):
    request = gallery.Request(seeds=2, overrides=TINY)
    alone = gallery.expected("activation", request, small)
    monkeypatch.setattr(gallery.concept("activation"), "MORE", {"ReLU": 3}, raising=False)
    assert gallery.expected("activation", request, small) == alone + 2 * 3 * TINY["epochs"]


def test_overrides_reach_every_arm_and_spare_the_search(quick):
    record, _ = quick
    assert record.tuning == {}
    assert all(setting["lr"] == 0.1 and setting["epochs"] == 1 for setting in record.settings.values())
    assert record.environment["overrides"] == {**TINY, "hidden": [8]}


def test_who_asks_for_epochs_gets_them_from_arms_whose_budget_is_in_steps():
    arms = gallery.arms_of("batch_size", gallery.Request(overrides={"epochs": 2}))
    assert {(arm.epochs, arm.steps) for arm in arms.values()} == {(2, 0)}
    both = gallery.arms_of("batch_size", gallery.Request(overrides={"epochs": 2, "steps": 7}))
    assert {arm.steps for arm in both.values()} == {7}


def test_diverged_runs_are_reported_and_drawn(tmp_path):
    request = gallery.Request(quick=True, seeds=2, overrides={**TINY, "lr": 1e30}, out=tmp_path)
    record = gallery.run("activation", request)
    assert "2 of 2 diverged" in summary(record)
    assert (tmp_path / "activation.png").is_file()


def test_the_record_to_redraw_is_the_newest_else_the_committed(quick, tmp_path):
    record, request = quick
    assert gallery.recorded("activation", request) == record
    committed = gallery.recorded("activation", gallery.Request(out=tmp_path))
    assert committed.environment["budget"] == "full"
    with pytest.raises(FileNotFoundError, match="no record to redraw"):
        gallery.recorded("nothing", gallery.Request(out=tmp_path))


def test_each_arm_gets_its_own_best_value_on_seeds_of_its_own(small):
    arms = {"relu": Setting(hidden=(8,), epochs=1), "sigmoid": Setting(hidden=(8,), epochs=1, activation="sigmoid")}
    grids = {"relu": ("lr", (0.001, 0.3, 3.0)), "sigmoid": ("hidden", ((4,), (8,)))}
    table = tuning.tune(arms, grids, small)
    for row in table.values():
        mean, error = max(row["scores"].values())
        assert row["scores"][str(row["chosen"])][0] >= mean - error
        assert min(row["seeds"]) > 1000
    assert table["relu"]["chosen"] != 0.001
    assert tuning.apply(arms, table)["relu"].lr == table["relu"]["chosen"]
    assert tuning.apply(arms, table)["sigmoid"] == replace(arms["sigmoid"], hidden=table["sigmoid"]["chosen"])
    assert tuning.apply(arms, {}) == arms


def test_of_values_that_chance_cannot_tell_apart_the_most_cautious_is_taken(small):
    scores = {"0.1": (0.90, 0.01), "0.2": (0.95, 0.01), "0.3": (0.96, 0.02), "0.5": None, "1.0": (0.93, 0.2)}
    assert tuning.choose("a", (0.1, 0.2, 0.3, 0.5, 1.0), scores) == 0.2
    assert tuning.choose("a", (0.1, 0.3), scores) == 0.3
    assert tuning.choose("a", (0.1, 0.2, 0.3, 0.5, 1.0), scores, max) == 0.3
    runs = [Run(f"a {value}", seed, curves={"validation accuracy": [0.9]}) for value in (0.1, 0.2) for seed in (0, 1)]
    for field, cautious in [("lr", 0.1), ("l1", 0.2), ("dropout", 0.2), ("weight_decay", 0.2)]:
        assert tuning.entry("a", Setting(), (field, (0.1, 0.2)), runs, small)["chosen"] == cautious
    assert set(tuning.RESTRAINTS) < set(Setting().plain())


def test_a_value_that_diverges_is_never_chosen(small):
    arms = {"a": Setting(hidden=(8,), epochs=1)}
    row = tuning.tune(arms, {"a": ("lr", (0.1, 1e200))}, small)["a"]
    assert row["scores"]["1e+200"] is None
    assert row["chosen"] == 0.1
    with pytest.raises(ValueError, match="a: diverged at every value of 1e"):
        tuning.tune(arms, {"a": ("lr", (1e200, 1e220))}, small)


def test_a_row_is_used_for_what_it_was_made_for(small):
    grid = ("lr", (0.1, 1.0))
    wanted = tuning.made_for(Setting(), grid, small)
    row = {**wanted, "chosen": 0.1}
    assert tuning.fits(row, wanted)
    assert tuning.fits(row, tuning.made_for(Setting(lr=0.7), grid, small))
    assert tuning.fits({**row, "arm": {"hidden": [128]}}, wanted)  # the other fields at their defaults
    for other in [
        tuning.made_for(Setting(), ("batch_size", (0.1, 1.0)), small),
        tuning.made_for(Setting(optimizer="adam"), grid, small),
        tuning.made_for(Setting(), ("lr", (0.1,)), small),
        tuning.made_for(Setting(), grid, small.first(50)),
    ]:
        assert not tuning.fits(row, other)
    assert not tuning.fits({}, wanted)


def test_a_look_takes_the_values_of_the_arms_as_declared(small):
    row = {**tuning.made_for(Setting(), ("lr", (0.1,)), small), "chosen": 0.1}
    other = Setting(hidden=(4,))
    assert tuning.fits(row, tuning.made_for(other, ("lr", (0.1,)), small.first(50)), strictly=False)
    assert not tuning.fits(row, tuning.made_for(other, ("l2", (0.1,)), small), strictly=False)
    assert not tuning.fits({}, tuning.made_for(other, ("lr", (0.1,)), small), strictly=False)


def test_only_what_is_not_recorded_is_searched(tmp_path, small, monkeypatch):
    arms = gallery.arms_of("activation", gallery.Request())
    request, grids = gallery.Request(out=tmp_path), gallery.concept("activation").TUNED
    known = {label: {**tuning.made_for(arms[label], grid, small), "chosen": 0.3} for label, grid in grids.items()}
    searched = []

    def search(arms, grids, data, **options):
        searched.extend(grids)
        return {label: {"field": "lr", "chosen": 0.7} for label in grids}

    monkeypatch.setattr(recorded_tuning, "recorded", lambda name, request: {**known, "ReLU": {}})
    monkeypatch.setattr(tuning, "tune", search)
    table = recorded_tuning.table("activation", arms, small, request, {})
    assert searched == ["ReLU"]
    assert list(table) == list(arms)
    assert table["tanh"]["chosen"] == 0.3
    assert recorded_tuning.table("activation", arms, small, replace(request, overrides={"lr": 0.1}), {}) == {}


@pytest.mark.parametrize("changed", ["quick", "data", "overrides"])
def test_only_the_experiment_as_declared_is_judged(changed, tmp_path):
    values = {"quick": True, "data": tmp_path, "overrides": {"epochs": 1}}
    assert gallery.Request().declared()
    assert not gallery.Request(**{changed: values[changed]}).declared()


SETTINGS = {
    "batch norm": {"normalization": "batch norm"},
    "layer norm": {"normalization": "layer norm"},
    "dropout": {"dropout": 0.5},
    "binary cross-entropy": {"loss": "binary cross-entropy"},
    "tanh in every arm": {"activation": "tanh"},
    "a convolution": {"filters": (1,), "hidden": (), "steps": 2},
    "early stopping": {"patience": 1, "epochs": 3, "lr": 3.0},
    "one step too far": {"steps": 1, "lr": 1e30},
}


AT_ONCE = ("batch norm", "one step too far")


@pytest.mark.parametrize(
    "kind", [kind if kind in AT_ONCE else pytest.param(kind, marks=pytest.mark.long) for kind in SETTINGS]
)
def test_every_kind_of_override_is_run_drawn_and_told(kind, tmp_path):
    seeds = 1 if kind == "a convolution" else 2  # which takes a second a model to evaluate
    request = gallery.Request(quick=True, seeds=seeds, overrides=TINY | SETTINGS[kind], out=tmp_path)
    record = gallery.run("activation", request)
    assert (tmp_path / "activation.png").is_file()
    assert "NOT JUDGED" in summary(record)
