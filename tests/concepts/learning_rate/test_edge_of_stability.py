from dataclasses import replace

import pytest
import torch

from dlconcepts.concepts.learning_rate import edge_of_stability
from dlconcepts.concepts.shared.curvature import flat
from dlconcepts.training.setting import Setting

SOFTMAX = Setting(hidden=(), examples=40)
RELU = Setting(hidden=(8,), examples=40)


def test_first_steps_are_the_rate_times_the_gradient(small):
    descent, w, _ = edge_of_stability.begin(RELU, 3, small.train)
    _, g = descent.gradient(w)
    moved = edge_of_stability.first_steps(RELU, 3, small.train, (0.1, 1.0))
    assert moved == pytest.approx([0.1 * float(g.norm()), float(g.norm())], rel=1e-12)


def test_each_seed_has_its_own_examples_weights_and_direction(small):
    (one, w, v), (other, other_w, other_v) = (edge_of_stability.begin(SOFTMAX, seed, small.train) for seed in (0, 1))
    assert one.x.shape == (1, 40, 784)
    assert not torch.equal(one.x, other.x)
    assert not torch.equal(w, other_w)
    assert not torch.equal(v, other_v)
    assert float(v.norm()) == pytest.approx(1)


def test_the_gradient_has_the_decay_of_weights_and_biases(small):
    descent, w, _ = edge_of_stability.begin(SOFTMAX, 0, small.train)
    (loss, g), (same, more) = descent.gradient(w), descent._replace(decay=0.5).gradient(w)
    assert torch.equal(loss, same)
    assert (more - g - 0.5 * w).abs().max() < 1e-15


def test_at_the_minimum_nothing_pulls(small):
    descent, w, v = edge_of_stability.begin(SOFTMAX, 0, small.train, decay=0.1)
    w = edge_of_stability.minimum(descent, w, lr=1 / descent.sharpness(w, v))
    assert descent.gradient(w)[1].norm() < 1e-12


def test_just_below_the_edge_descent_comes_back_and_just_above_it_goes_away(small):
    ratios = (0.95, 0.98, 1.02, 1.05)
    found = edge_of_stability.edge_at_minimum(SOFTMAX, 0, small.train, 0.1, ratios, steps=300)
    assert found["gradient"] < 1e-12
    assert [factor < 1 for factor in found["growth"]] == [True, True, False, False]
    assert edge_of_stability.off_the_edge(ratios, found["growth"]) == 0.02


@pytest.mark.parametrize(
    ("growth", "expected"),
    [([0.1, 0.1, 5, 9], 0.02), ([0.1, 3, 5, 9], 0.1), ([0.1, 0.1, 0.5, 9], 0.1), ([0.1] * 4, None), ([2] * 4, None)],
)
def test_the_edge_lies_between_the_last_that_comes_back_and_the_first_that_does_not(growth, expected):
    assert edge_of_stability.off_the_edge((0.9, 0.98, 1.02, 1.1), growth) == expected


def test_what_is_no_number_has_not_come_back():
    assert edge_of_stability.off_the_edge((0.98, 1.02), [0.1, float("nan")]) == 0.02


def test_the_first_rise_is_where_the_loss_first_rises(small):
    ratios = (0.01, 0.1, 5.0)
    found = edge_of_stability.first_rise(RELU, 0, small.train, ratios, steps=30)
    descent, w, v = edge_of_stability.begin(RELU, 0, small.train)
    assert found["edge"] == pytest.approx(float(2 / descent.sharpness(w, v)))
    rises = {}
    for ratio in ratios:
        there, losses = w, []
        for step in range(30):
            loss, g = descent.gradient(there)
            losses.append(float(loss))
            if step and losses[-1] > losses[-2] and ratio not in rises:
                rises[ratio] = float(descent.sharpness(there, v)) * ratio * found["edge"] / 2
            there = there - ratio * found["edge"] * g
    calm = [ratio for ratio in ratios if ratio not in rises]
    assert rises
    assert found["last"] == max(ratio for ratio in calm if ratio < min(rises))
    assert found["rose"] == min(rises)
    assert found["sharpness"] == pytest.approx(rises[min(rises)], rel=1e-6)


def test_where_no_loss_rises_all_rates_are_calm(small):
    found = edge_of_stability.first_rise(RELU, 0, small.train, (0.001, 0.01), steps=5)
    assert (found["last"], found["rose"], found["sharpness"]) == (0.01, None, None)


def test_a_first_rate_that_rises_leaves_none_calm(small):
    found = edge_of_stability.first_rise(RELU, 0, small.train, (50.0, 100.0), steps=10)
    assert found["last"] == 0.0
    assert found["sharpness"] is not None


def test_sharpness_is_of_the_network_at_hand(small):
    for setting in (SOFTMAX, replace(RELU)):
        descent, w, v = edge_of_stability.begin(setting, 0, small.train)
        both = descent.sharpness(torch.cat([w, 2 * w]), v)
        assert both[0] == pytest.approx(float(descent.sharpness(w, v)))
        assert both[0] != both[1]
        assert flat(descent.like).shape == w.shape
