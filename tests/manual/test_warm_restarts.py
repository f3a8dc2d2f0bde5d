"""Warm restarts by hand; step by step beside torch's in test_learning_rate."""

import pytest

from dlconcepts.manual.warm_restarts import period, warm_restarts


def test_every_period_begins_at_1():
    assert [warm_restarts(t, first=2) for t in range(5)] == pytest.approx([1, 0.5, 1, 0.5, 1])
    growing = [warm_restarts(t, first=2, growth=2) for t in range(14)]
    assert [t for t, factor in enumerate(growing) if factor == 1] == [0, 2, 6]
    assert growing[4] == growing[10] == pytest.approx(0.5)
    assert min(growing) > 0


def test_the_lowest_is_approached_and_never_reached():
    factors = [warm_restarts(t, first=100, lowest=0.5) for t in range(300)]
    assert 0.5 < min(factors) < 0.5005
    assert warm_restarts(50, first=100, lowest=0.5) == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("t", "first", "growth", "expected"),
    [(0, 3, 1, (0, 3)), (7, 3, 1, (1, 3)), (2, 3, 2, (2, 3)), (3, 3, 2, (0, 6)), (8, 3, 2, (5, 6)), (9, 3, 2, (0, 12))],
)
def test_how_long_the_last_restart_lies_back(t, first, growth, expected):
    assert period(t, first, growth) == expected


def test_periods_are_exact_even_far_out():
    """torch asks a logarithm, which is not: 3^20 steps, less one."""
    end = (3**21 - 1) // 2
    assert period(end - 1, 1, 3) == (3**20 - 1, 3**20)
    assert period(end, 1, 3) == (0, 3**21)
