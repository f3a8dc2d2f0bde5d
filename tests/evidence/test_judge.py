import pytest
from scipy import stats

from dlconcepts.evidence.judge import (
    above,
    below,
    exact,
    interval,
    not_judged,
    paired,
    under_conditions,
    values,
    within,
)
from dlconcepts.evidence.records import Run

SURE = [1.0, 1.1, 0.9, 1.05, 0.95]  # mean 1, interval about [.90, 1.10]


def test_the_interval_is_scipys_t_interval():
    data = [0.3, 1.2, -0.4, 0.9, 2.0, 0.1]
    low, high = stats.ttest_1samp(data, 0).confidence_interval(0.95)
    assert interval(data) == pytest.approx((sum(data) / 6, low, high), rel=1e-12)


def test_equal_values_have_an_interval_of_no_width():
    assert interval([2.0, 2.0, 2.0]) == (2.0, 2.0, 2.0)


def test_one_value_has_no_interval():
    with pytest.raises(ValueError, match="at least 2 values, got 1"):
        interval([1.0])


def test_the_level_widens_the_interval():
    assert interval(SURE, 0.99)[2] > interval(SURE, 0.95)[2]


@pytest.mark.parametrize(
    ("judge", "threshold", "outcome"),
    [
        (above, 0.0, "supported"),
        (above, 2.0, "refuted"),
        (above, 1.0, "not shown"),
        (below, 2.0, "supported"),
        (below, 0.0, "refuted"),
        (below, 1.0, "not shown"),
        (within, 1.5, "supported"),
        (within, 0.5, "refuted"),
        (within, 1.0, "not shown"),
    ],
)
def test_the_rule_decides_by_where_the_interval_lies(judge, threshold, outcome):
    assert judge("m", SURE, threshold).outcome == outcome


def test_no_difference_is_refuted_on_either_side():
    assert within("m", [-x for x in SURE], 0.5).outcome == "refuted"


def test_a_wide_interval_around_zero_does_not_show_equality():
    assert within("m", [-3.0, 3.0, -2.0, 2.0, 0.1], 0.5).outcome == "not shown"


def test_a_verdict_carries_its_numbers():
    verdict = above("points", SURE, 0.5)
    assert (verdict.metric, verdict.effect, verdict.threshold, verdict.seeds) == ("points", 1.0, 0.5, 5)
    assert verdict.low < 1 < verdict.high
    assert within("points", SURE, 1.5).margin == 1.5


@pytest.mark.parametrize("effects", [[], [1.0], [1.0, None, 1.0]], ids=["none", "one", "diverged"])
def test_without_a_number_for_every_seed_nothing_is_shown(effects):
    verdict = above("m", effects)
    assert verdict.outcome == "not shown"
    assert verdict.effect is None


def test_pairs_are_made_by_seed():
    assert paired({0: 5.0, 1: 7.0, 3: 1.0}, {1: 4.0, 0: 1.0, 2: 9.0}) == [4.0, 3.0]


def test_a_diverged_model_has_no_effect():
    runs = [Run("a", 0, final={"x": 1.0}), Run("a", 1, "diverged", 3), Run("b", 0, final={"x": 2.0})]
    assert values(runs, "a", lambda run: run.final["x"]) == {0: 1.0, 1: None}
    assert paired({0: 1.0, 1: None}, {0: 0.5, 1: 0.5}) == [0.5, None]


def test_an_identity_holds_up_to_its_bound():
    assert exact("m", [1e-15, 3e-13], 1e-12).outcome == "supported"
    assert exact("m", [1e-15, 3e-12], 1e-12).outcome == "refuted"
    assert exact("m", [1e-15, 3e-12], 1e-12).effect == 3e-12
    assert exact("m", [1e-15, None], 1e-12).outcome == "not shown"
    assert exact("m", [], 1e-12).outcome == "not shown"


def test_conditions_that_disagree_make_a_conditional_verdict_that_names_them():
    yes, no = above("m", SURE, 0), above("m", SURE, 2)
    assert under_conditions("m", {"a": yes, "b": yes}).outcome == "supported"
    assert under_conditions("m", {"a": no, "b": no}).outcome == "refuted"
    verdict = under_conditions("m", {"a": yes, "b": no})
    assert verdict.outcome == "conditional"
    assert {name: part.outcome for name, part in verdict.parts.items()} == {"a": "supported", "b": "refuted"}


def test_what_is_not_judged_keeps_its_numbers():
    verdict = not_judged(under_conditions("m", {"a": above("m", SURE)}))
    assert verdict.outcome == verdict.parts["a"].outcome == "not judged"
    assert verdict.parts["a"].effect == 1.0


def test_a_wrong_judge_would_be_noticed():
    """The judge tried on pairs that do not differ: about 2.5 % of them land on each side of 0, by its own promise."""
    noise = stats.norm.rvs(size=(2000, 10), random_state=0)
    outcomes = [above("m", list(map(float, row))).outcome for row in noise]
    assert 0.01 < outcomes.count("supported") / 2000 < 0.06
    assert 0.01 < outcomes.count("refuted") / 2000 < 0.06


def test_an_effect_of_twelve_tenths_of_a_deviation_is_found_with_ten_seeds():
    noise = stats.norm.rvs(loc=1.2, size=(2000, 10), random_state=0)
    found = sum(above("m", list(map(float, row))).outcome == "supported" for row in noise)
    assert found / 2000 > 0.85
