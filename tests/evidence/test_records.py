import json
import math
from dataclasses import replace

import pytest

from dlconcepts.evidence import records
from dlconcepts.evidence.records import Record, Run, Verdict

RECORD = Record(
    concept="activation",
    settings={"b first": {"lr": 0.1}, "a second": {"lr": 0.2}},
    tuning={},
    runs=[Run("b first", 0, "diverged", 7, {"training loss": [0.5, None]}, {"test accuracy": None}, {"silent": 0.5})],
    verdicts={"a.b": Verdict("conditional", "points", seeds=5, parts={"x": Verdict("supported", "y", 1.0, 0.5, 1.5)})},
    environment={"torch": "2", "seeds": [0], "budget": "quick", "overrides": {}},
    timing={"seconds": 1.5},
)


def test_a_record_comes_back_as_it_was():
    assert records.from_json(records.to_json(RECORD)) == RECORD


def test_a_record_is_strict_json_in_the_order_of_its_arms():
    found = json.loads(records.to_json(RECORD), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert list(found["settings"]) == ["b first", "a second"]
    assert found["runs"][0]["curves"]["training loss"] == [0.5, None]


def test_nan_is_refused_rather_than_written():
    with pytest.raises(ValueError, match="not JSON compliant"):
        records.to_json(Record("c", {}, {"score": math.nan}, [], {}, {}))


def test_a_number_that_a_diverged_model_lacks_is_refused_by_name():
    run = Run("a", 3, curves={"loss": [0.5, None]}, final={"loss": 0.25, "accuracy": None})
    assert run.number("loss") == 0.25
    assert replace(run, curves={"loss": [0.5, 0.25]}).curve("loss") == [0.5, 0.25]
    with pytest.raises(ValueError, match="a, seed 3: the accuracy is not finite"):
        run.number("accuracy")
    with pytest.raises(ValueError, match="a, seed 3: the loss is not finite"):
        run.curve("loss")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_becomes_none(value):
    assert records.plain(value) is None


def test_a_finite_number_stays():
    assert records.plain(-0.25) == -0.25


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 1}', '{"format": 2}', "null", "not json"])
def test_what_is_no_record_is_refused_with_its_file(text, tmp_path):
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"x\.json"):
        records.read(path)


def test_writing_replaces_the_whole_file(tmp_path):
    path = tmp_path / "new" / "x.json"
    records.write(path, "one")
    records.write(path, b"two")
    assert path.read_bytes() == b"two"
    assert [p.name for p in path.parent.iterdir()] == ["x.json"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "x.json"
    records.write(path, "old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(records.os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        records.write(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]


def places(value, path=()):
    """The path to every value inside of JSON."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield from places(part, (*path, key))


def damaged(value, path, new):
    """A copy, another value at the path."""
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = damaged(value[path[0]], path[1:], new)
    return copy


@pytest.mark.parametrize("new", [None, [], {}, "text", -1, {"a": 1}])
def test_a_record_damaged_anywhere_is_read_or_refused_with_its_file(new, tmp_path):
    """Never another error: whatever stands at any one of its places."""
    path, whole = tmp_path / "x.json", json.loads(records.to_json(RECORD))
    said = []
    for place in places(whole):
        path.write_text(json.dumps(damaged(whole, place, new)))
        try:
            assert records.read(path).found() is not None
        except ValueError as problem:
            said.append(str(problem))
    assert len(said) >= 10
    assert all(line.startswith(f"{path}: expected") for line in said)


def test_at_any_depth_what_is_not_finite_becomes_none():
    found = records.finite(
        {"a": [1.0, (float("nan"), 2)], "b": {"c": float("-inf"), "d": "word", "e": None, "f": True}}
    )
    assert found == {"a": [1.0, [None, 2]], "b": {"c": None, "d": "word", "e": None, "f": True}}


def test_a_place_is_asked_for_before_anything_is_written(tmp_path):
    records.need_place(tmp_path / "a" / "b" / "c.json")
    assert list((tmp_path / "a" / "b").iterdir()) == []
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    for place in ("file/c.json", "folder"):
        with pytest.raises(OSError, match=rf"{place}: cannot be written \(.*\); make room or choose another --out"):
            records.need_place(tmp_path / place)


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, records.to_json(replace(RECORD, runs=[])), records.to_json(replace(RECORD, environment={}))],
    ids=["only brackets", "no runs", "no environment"],
)
def test_what_its_table_cannot_show_is_no_record(text, tmp_path):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(ValueError, match=r"x\.json: expected a record.*remove the file"):
        records.read(tmp_path / "x.json")
