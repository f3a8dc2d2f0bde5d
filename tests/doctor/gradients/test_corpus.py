"""The corpus is as large as it says, in its own words; its right gradients are right, and the others wrong."""

from collections import Counter

import pytest
import torch

from tests.doctor.gradients.corpus import RULES, SPLITS, cases, split_of
from tests.doctor.gradients.corpus.case import CAUSES
from tests.doctor.gradients.truth import SEEDS, compared, drawn, error, has_graph, names, tolerance

DEVELOPED, HELD_BACK = cases("developed"), cases("held_back")
EVERY = DEVELOPED + HELD_BACK
WRONG, RIGHT = [c for c in EVERY if c.cause], [c for c in EVERY if c.right]


def name_of(case):
    return case.name.replace(" ", "-")


def test_the_corpus_is_large_enough():
    assert len(RULES) == len(set(RULES)) >= 27
    assert len({c.name for c in EVERY}) == len(EVERY)
    wrong, right, rules = (64, 36, 18) if not HELD_BACK else (96, 54, 27)
    assert len(WRONG) >= wrong
    assert len(RIGHT) >= right
    assert len({c.rule for c in WRONG}) >= rules


def test_every_rule_has_wrong_and_right_gradients_in_its_own_split():
    for split in SPLITS:
        found = cases(split)
        expected = {rule for rule in RULES if split_of(rule) == split}
        if found:
            assert {c.rule for c in found if c.right} == {c.rule for c in found if c.cause} == expected


def test_a_third_of_the_rules_is_held_back():
    assert Counter(map(split_of, RULES)) == {"developed": 30, "held_back": 15}


@pytest.mark.parametrize("found", [f for f in (DEVELOPED, HELD_BACK) if f], ids=len)
def test_a_split_covers_the_causes(found):
    assert {c.cause for c in found if c.cause} == set(CAUSES)


def test_the_words_are_those_of_the_vocabulary():
    for case in EVERY:
        assert {case.cause, *case.accepted} <= {"", *CAUSES}
        assert case.cause not in case.accepted
        assert set(case.gradients) <= set(names(case))
        if case.right:
            assert (case.gradients, case.where, case.detail, case.accepted) == ((), "", "", ())


@pytest.mark.long
@pytest.mark.parametrize("case", RIGHT, ids=name_of)
def test_a_right_gradient_is_right(case):
    for seed in SEEDS:
        inputs = drawn(case, seed)
        bound = tolerance(inputs) if has_graph(case, inputs) else 1e-8  # of autograd, of differences
        for name, (given, right) in compared(case, seed).items():
            assert error(given, right) <= bound, (name, seed)


@pytest.mark.parametrize("case", EVERY, ids=name_of)
def test_the_inputs_differ_with_the_seed(case):
    first, second = drawn(case, 0), drawn(case, 1)
    assert any(not torch.equal(a, b) for a, b in zip(first, second, strict=True)) or not sum(x.numel() for x in first)


ORDINARY = [c for c in WRONG if c.cause != "stale"]


@pytest.mark.long
@pytest.mark.parametrize("case", [c for c in ORDINARY if c.gradients], ids=name_of)
def test_exactly_the_named_gradients_are_wrong(case):
    low, high = (1e-10, 1e-4) if case.cause == "precision" else (1e-6, float("inf"))
    for seed in SEEDS:
        for name, (given, right) in compared(case, seed).items():
            if name in case.gradients:
                assert low <= error(given, right) <= high, (name, seed)
            else:
                assert error(given, right) <= tolerance(drawn(case, seed)), (name, seed)


@pytest.mark.parametrize("case", [c for c in ORDINARY if not c.gradients], ids=name_of)
def test_where_no_gradient_is_named_the_gradients_are_right(case):
    for seed in SEEDS:
        bound = 1e-8 if case.cause == "detached" else tolerance(drawn(case, seed))  # of differences, of autograd
        for name, (given, right) in compared(case, seed).items():
            assert error(given, right) <= bound, (name, seed)
