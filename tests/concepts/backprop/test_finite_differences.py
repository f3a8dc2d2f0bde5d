import pytest
import torch

from dlconcepts.concepts.backprop.finite_differences import differences, errors, power
from dlconcepts.concepts.shared.curvature import flat
from dlconcepts.concepts.shared.small_network import first_weights, four_numbers, layers
from dlconcepts.training.gradients import autograd


@pytest.fixture(scope="module")
def one(small):
    network, split = layers(), four_numbers(small)["train"]
    params = [tuple(p[0] for p in layer) for layer in first_weights(network, [3], split.x)]
    x, y = split.x[:7], split.y[:7]
    _, found, _ = autograd(network, params, x, y)
    return network, params, x, y, flat([tuple(dp[None] for dp in layer) for layer in found])[0]


@pytest.mark.parametrize(("central", "h", "bound"), [(True, 1e-5, 1e-9), (False, 1e-8, 1e-6)])
def test_differences_come_near_autograds_gradient(one, central, h, bound):
    network, params, x, y, gradient = one
    found = differences(network, params, x, y, h, central)
    assert found.shape == (136,)
    assert (found - gradient).abs().max() < bound


def test_a_wrong_gradient_stays_wrong_at_every_step(one):
    network, params, x, y, gradient = one
    wrong = gradient * (1 + 1e-4 * (torch.arange(136) == int(gradient.abs().argmax())))
    assert min(errors(network, params, x, y, gradient, [1e-4, 1e-5], True)) < 1e-8
    assert min(errors(network, params, x, y, wrong, [1e-4, 1e-5], True)) > 9e-5


def test_the_error_falls_with_the_square_of_a_central_step_and_with_a_one_sided_one(one):
    steps = [1e-2, 1e-3, 1e-4]
    for central, expected in [(True, 2), (False, 1)]:
        found = errors(*one, steps, central)
        assert power(steps, found, 1e-4, 1e-2) == pytest.approx(expected, abs=0.05)


def test_a_power_is_found_between_its_ends_alone():
    steps = [1e-1, 1e-2, 1e-3, 1e-4]
    assert power(steps, [1.0, 1e-6, 1e-9, 5.0], 1e-3, 1e-2) == pytest.approx(3)
    assert power(steps, [1.0, 0.0, 1e-9, 5.0], 1e-3, 1e-2) is None
    assert power(steps, [1.0, 1e-6, 1e-9, 5.0], 1e-3, 2e-3) is None
