import json
from dataclasses import replace

import pytest

from dlconcepts import gallery, records, tuning
from dlconcepts.setting import Setting
from dlconcepts.summary import summary

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
    return json.dumps(found)


def test_overrides_reach_every_arm_and_spare_the_search(quick):
    record, _ = quick
    assert record.tuning == {}
    assert all(setting["lr"] == 0.1 and setting["epochs"] == 1 for setting in record.settings.values())
    assert record.environment["overrides"] == {**TINY, "hidden": [8]}


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
    table = tuning.tune(arms, "lr", (0.001, 0.3, 3.0), small)
    for label, scores in table["scores"].items():
        mean, error = max(scores.values())
        chosen = table["chosen"][label]
        assert scores[str(chosen)][0] >= mean - error
        assert chosen != 0.001
    assert min(table["seeds"]) > 1000
    assert tuning.apply(arms, table)["relu"].lr == table["chosen"]["relu"]


def test_of_values_that_chance_cannot_tell_apart_the_smallest_is_taken():
    scores = {"0.1": (0.90, 0.01), "0.2": (0.95, 0.01), "0.3": (0.96, 0.02), "0.5": None, "1.0": (0.93, 0.2)}
    assert tuning.choose("a", (0.1, 0.2, 0.3, 0.5, 1.0), scores) == 0.2
    assert tuning.choose("a", (0.1, 0.3), scores) == 0.3


def test_a_value_that_diverges_is_never_chosen(small):
    arms = {"a": Setting(hidden=(8,), epochs=1)}
    table = tuning.tune(arms, "lr", (1e200, 0.1), small)
    assert table["scores"]["a"]["1e+200"] is None
    assert table["chosen"]["a"] == 0.1
    with pytest.raises(ValueError, match="a: diverged at every value of 1e"):
        tuning.tune(arms, "lr", (1e200, 1e220), small)


def test_a_table_is_used_for_what_it_was_made_for(small):
    arms = {"a": Setting()}
    table = {"field": "lr", "data": small.sha256, "chosen": {"a": 0.1}}
    assert tuning.fits(table, arms, "lr", small)
    assert not tuning.fits(table, {"b": Setting()}, "lr", small)
    assert not tuning.fits({**table, "data": "other"}, arms, "lr", small)
    assert not tuning.fits(table, arms, "batch_size", small)
    assert not tuning.fits({}, arms, "lr", small)
