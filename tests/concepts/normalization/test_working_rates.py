"""The learning rates that work, and how far apart they are."""

import pytest

from dlconcepts.concepts.normalization.working_rates import decades, working


def test_a_rate_works_that_costs_little_and_did_not_diverge():
    assert working([0.01, 0.1, 1.0, 10.0, 100.0], [80.0, 97.0, 98.0, 96.9, None], cost=1.0) == [0.1, 1.0]
    assert working([0.1, 1.0], [None, None], cost=1.0) == []


def test_the_range_is_counted_in_powers_of_ten():
    assert decades([0.02, 0.5, 20.0]) == pytest.approx(3)
    assert decades([0.5]) == 0
    assert decades([]) is None
