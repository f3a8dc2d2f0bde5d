"""The score: how a case counts, and that the recorded one is of this corpus and meets its bars."""

import json

import pytest

from dlconcepts.doctor import Diagnosis
from tests.doctor.gradients import score
from tests.doctor.gradients.corpus import cases

DEVELOPED = cases("developed")


@pytest.mark.parametrize("case", DEVELOPED[::9], ids=lambda case: case.name)
def test_a_part_of_the_corpus_is_called_as_it_is(case):
    found = score.diagnosis_of(case, seed=0)
    assert found.right == case.right, str(found)
    assert case.right or score.cause_is_right(case, found), str(found)


def test_a_cause_counts_only_if_the_first_line_says_it():
    case = next(c for c in DEVELOPED if c.cause == "sign")
    assert score.cause_is_right(case, Diagnosis("sign", text="Wrong. dx: sign: the opposite sign"))
    assert not score.cause_is_right(case, Diagnosis("sign", text="Wrong.\nsign"))
    assert not score.cause_is_right(case, Diagnosis("zero", text="Wrong. dx: zero"))


def test_misses_and_false_alarms_are_counted(monkeypatch):
    part = [next(c for c in DEVELOPED if c.right), next(c for c in DEVELOPED if c.cause == "sign")]
    said = {part[0]: Diagnosis("zero", text="Wrong. zero"), part[1]: Diagnosis("right", text="Right.")}
    monkeypatch.setattr(score, "diagnosis_of", lambda case, seed: said[case])
    row = score.score(part, {"right": 2, "wrong": 2})
    assert (row["called wrong"], row["cause right"], row["called right"]) == (0, 0, 0)
    assert (row["missed"], row["false alarms"]) == ([part[1].name], [part[0].name])
    assert not score.meets_bars({"splits": {"developed": row}})


def test_the_recorded_score_is_of_this_corpus_and_meets_the_bars():
    recorded = json.loads(score.RESULTS.read_text())
    assert recorded["seeds"] == score.SEEDS
    assert score.meets_bars(recorded)
    assert list(recorded["splits"]) == [split for split in score.SPLITS if cases(split)]
    row = recorded["splits"]["developed"]
    assert row["wrong"] == sum(not c.right for c in DEVELOPED)
    assert row["right"] == sum(c.right for c in DEVELOPED)
