"""The table of faults itself: a trial that goes wrong is called so, and what the README says is of today's rows."""

import json
from dataclasses import asdict, replace

import pytest

from dlconcepts.evidence import records
from tests.faultbox import box, run
from tests.faultbox.rows import ROWS, NotHereError, Trial

LINE = "dlconcepts: out: cannot be written; choose another --out\n"


def test_every_row_has_been_tried_and_ended_well():
    found = json.loads(run.RESULTS.read_text(encoding="utf-8"))
    assert list(found) == sorted(ROWS)
    assert set(found.values()) <= {"ok", "not here"}


@pytest.mark.parametrize(
    ("said", "well"),
    [
        (box.Said(1, "", LINE), True),
        (box.Said(0, "", LINE), False),
        (box.Said(2, "", LINE), False),
        (box.Said(1, "", ""), False),
        (box.Said(1, "", f"Traceback (most recent call last):\n{LINE}"), False),
        (box.Said(1, "", LINE.replace("--out", "one")), False),
    ],
)
def test_refused_is_one_line_with_the_cure(said, well):
    assert said.refused("out", "--out") == well


def test_done_is_without_a_traceback():
    assert box.Said(0, "", "figure: out/epochs.png\n").done()
    assert not box.Said(1, "", "").done()
    assert not box.Said(0, "", "Exception ignored\nTraceback (most recent call last):\n").done()


def trial(outcome):
    def tried(_):
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return tried


@pytest.mark.parametrize(
    ("outcome", "came"),
    [
        (Trial(True, True, ""), "ok"),
        (Trial(True, False, "lost"), "FAILED"),
        (Trial(False, True, "a traceback"), "FAILED"),
        (ZeroDivisionError(), "FAILED"),
    ],
)
def test_a_trial_that_loses_something_or_breaks_has_failed(outcome, came):
    assert run.came_of(run.one(None, trial(outcome))) == came


def test_what_cannot_be_tried_here_is_not_called_well():
    with pytest.raises(NotHereError):
        run.one(None, trial(NotHereError("no mounts")))
    assert run.came_of("no mounts") == "not here"


def test_results_of_some_rows_stand_beside_the_others_before(tmp_path, monkeypatch):
    first, second, *_ = sorted(ROWS)
    monkeypatch.setattr(run, "RESULTS", tmp_path / "results.json")
    run.RESULTS.write_text(json.dumps({first: "ok", second: "ok", "a row that is gone": "ok"}))
    run.keep({second: "FAILED"})
    assert json.loads(run.RESULTS.read_text()) == {first: "ok", second: "FAILED"}


def test_two_records_are_the_same_but_for_times(tmp_path):
    record = records.read(records.FOLDER / "epochs.json")
    later = replace(record, timing={"seconds": -1.0})
    other = replace(record, runs=[replace(record.runs[0], seed=99), *record.runs[1:]])
    paths = [tmp_path / f"{i}.json" for i in range(3)]
    for path, content in zip(paths, (record, later, other), strict=True):
        path.write_text(json.dumps(asdict(content)))
    assert box.same_but_timing(paths[0], paths[1])
    assert not box.same_but_timing(paths[0], paths[2])
