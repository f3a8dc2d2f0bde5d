import pytest
import torch

from dlconcepts.concepts.backprop.all_paths import Way, paths, strongest, summed, way
from dlconcepts.concepts.shared.every_number import values_and_slopes
from dlconcepts.concepts.shared.small_network import first_weights, four_numbers, layers
from dlconcepts.training.gradients import autograd


def test_the_sum_over_all_paths_is_autograds_slope_for_every_weight_of_the_first_layer(small):
    network, split = layers(), four_numbers(small)["train"]
    params = [tuple(p[0] for p in layer) for layer in first_weights(network, [3], split.x)]
    x, y = split.x[:1], split.y[:1]
    _, expected, _ = autograd(network, params, x, y)
    passed = values_and_slopes(network, params, x, y)
    for i in range(4):
        for j in range(4):
            found = paths(way(network, params, *passed, i), j)
            assert len(found) == 5 * 6 * 4 * 3 * 3
            assert summed(found) == pytest.approx(float(expected[0][0][i, j]), abs=1e-12)


def test_two_paths_by_hand():
    of = Way(entering=2.0, bends=[[0.5, 9.0]], weights=[[[3.0, -1.0], [7.0, 7.0]]], ends=[0.25, 4.0])
    found = paths(of, 0)
    assert [(path.units, path.product()) for path in found] == [((0,), 2 * 0.5 * 3 * 0.25), ((1,), 2 * 0.5 * -1 * 4)]
    assert summed(found) == 0.75 - 4
    assert strongest(found).units == (1,)


def test_the_slope_of_an_activation_is_taken_where_the_unit_is(small):
    network, split = layers(), four_numbers(small)["train"]
    params = [tuple(p[0] for p in layer) for layer in first_weights(network, [0], split.x)]
    values, slopes = values_and_slopes(network, params, split.x[:1], split.y[:1])
    of = way(network, params, values, slopes, 2)
    assert of.entering == float(split.x[0, 2])
    assert torch.allclose(torch.tensor(of.bends[1], dtype=torch.float64), 1 - values[4][0].square(), atol=1e-15)
    assert [len(bend) for bend in of.bends] == [4, 5, 6, 4, 3]
