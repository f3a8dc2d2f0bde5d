from dataclasses import replace

import pytest

from dlconcepts.concepts.optimizer.arms import ARMS, BASE, LABELS, OWN, RATES, SHOWN, TUNED
from dlconcepts.evidence import records

COMMITTED = records.FOLDER / "optimizer.json"


def test_the_optimizers_compared_are_in_the_table_and_only_adamw_decays():
    from dlconcepts.rules.optimizer import optimizers

    assert set(SHOWN) < set(optimizers)
    for (name, rate), label in LABELS.items():
        same = replace(ARMS[label], optimizer="sgd", lr=0.1, weight_decay=0.0)
        assert same == replace(BASE, lr=0.1)
        assert ARMS[label].weight_decay == (0.01 if name == "adamw" else 0.0)
        if rate != OWN:
            assert ARMS[label].lr == RATES[rate]


def test_each_is_tuned_with_the_same_effort():
    assert {len(grid) for _, grid in TUNED.values()} == {7}
    spans = [grid[-1] / grid[0] for _, grid in TUNED.values()]
    assert spans == pytest.approx([spans[0]] * 7)
    assert set(TUNED) == {LABELS[name, OWN] for name in SHOWN}


def test_no_own_rate_of_the_record_lies_at_an_end_of_its_grid():
    for row in records.read(COMMITTED).tuning.values():
        assert row["grid"][0] < row["chosen"] < row["grid"][-1]
