from dataclasses import replace

import pytest
import torch

from dlconcepts.concepts.activation import affine_map
from dlconcepts.training.build import build
from dlconcepts.training.seeding import start
from dlconcepts.training.setting import Setting


@pytest.mark.parametrize(("name", "smallest", "largest"), [("identity", 0, 1e-12), ("relu", 1e-3, 10)])
def test_a_linear_stack_is_one_map_and_a_relu_network_is_not(small, name, smallest, largest):
    network = build([Setting(hidden=(16, 16), activation=name)], small.train.x)
    deviation = affine_map.collapse_error(network, start(network, 0, small.train.x), small.test.x)
    assert smallest <= deviation <= largest
    assert affine_map.is_linear(network) == (name == "identity")


def test_linear_regression_leaves_a_residual_that_no_pixel_explains(small):
    outputs = affine_map.linear_regression(replace(small, test=small.train))
    x, target = affine_map.with_ones(small.train.x), torch.eye(10, dtype=torch.float64)[small.train.y]
    # 600 residuals a column, and X^T X squares the condition: measured 7e-7
    assert (x.mT @ (outputs - target)).abs().max() < 1e-5
    assert (outputs - target).square().mean() < 0.01
