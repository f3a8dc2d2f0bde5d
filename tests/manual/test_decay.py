"""Schedules that fall, by hand; step by step beside torch's in test_learning_rate."""

import pytest

from dlconcepts.manual.decay import inverse_square_root, multi_step, polynomial, warm_up_stable_decay


def test_milestones_cut_when_they_are_reached():
    factors = [multi_step(t, (2, 4), gamma=0.5) for t in range(6)]
    assert factors == [1, 1, 0.5, 0.5, 0.25, 0.25]
    assert multi_step(4, (4, 2, 4), gamma=0.5) == 0.125
    assert multi_step(3, (3,)) == 0.1
    assert type(multi_step(0, (3,), gamma=2)) is float


def test_a_polynomial_ends_at_0_and_stays_there():
    assert [polynomial(t, steps=4) for t in range(6)] == [1, 0.75, 0.5, 0.25, 0, 0]
    assert [polynomial(t, steps=4, power=2.0) for t in range(6)] == [1, 0.5625, 0.25, 0.0625, 0, 0]


def test_the_inverse_square_root_is_highest_at_the_end_of_its_rise():
    assert [inverse_square_root(t, rise=4) for t in (0, 1, 2, 3)] == [0.25, 0.5, 0.75, 1]
    assert inverse_square_root(15, rise=4) == 0.5
    assert inverse_square_root(399, rise=4) == 0.1
    assert max(inverse_square_root(t, rise=7) for t in range(100)) == inverse_square_root(6, rise=7) == 1


def test_it_is_the_authors_rate_times_a_constant():
    d, rise = 512, 4000
    for s in (1, 100, 4000, 4001, 100_000):
        authors = d**-0.5 * min(s**-0.5, s * rise**-1.5)
        assert inverse_square_root(s - 1, rise) * (d * rise) ** -0.5 == pytest.approx(authors, rel=1e-14)


def test_warm_up_stable_decay_by_hand():
    factors = [warm_up_stable_decay(t, steps=8, rise=2, fall=4, start=0.5) for t in range(10)]
    assert factors == [0.5, 0.75, 1, 1, 1, 0.75, 0.5, 0.25, 0, 0]
    factors = [warm_up_stable_decay(t, steps=3, rise=1, fall=2, lowest=0.5) for t in range(5)]
    assert factors == pytest.approx([1 / 3, 1, 0.75, 0.5, 0.5], rel=1e-15)
    assert warm_up_stable_decay(0, steps=2, rise=1, fall=1) == pytest.approx(1 / 3)
