import pytest
import torch

from dlconcepts.concepts.backprop.one_weight import OneWeight, one_weight
from dlconcepts.concepts.shared.small_network import first_weights, four_numbers, layers, shown_pass
from dlconcepts.manual.network import unstack


def test_the_four_steps_by_hand():
    one = OneWeight(a=0, b=1, h_a=0.5, h_b=0.6, w=9.0, after=[2.0, -1.0], dz=[0.25, -0.75])
    assert one.products() == [0.5, 0.75]
    assert (one.dh(), one.bend()) == (1.25, pytest.approx(0.64))
    assert one.dz_b() == pytest.approx(0.8)
    assert one.dw() == pytest.approx(0.4)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_steepest_weights_slope_is_the_one_that_back_propagation_finds(small, seed):
    network, split = layers(), four_numbers(small)["train"]
    shown = shown_pass(small, network, unstack(first_weights(network, [seed], split.x), 0))
    one = one_weight(shown)
    slopes = torch.tensor(shown["weight slopes"][-2])
    assert float(slopes[one.a, one.b].abs()) == float(slopes.abs().max())
    assert one.dw() == pytest.approx(float(slopes[one.a, one.b]), abs=1e-4)
    assert one.w == shown["weights"][-2][one.a][one.b]
