from dataclasses import replace

import pytest
import torch

from dlconcepts.build import build
from dlconcepts.probes import linear
from dlconcepts.seeding import start
from dlconcepts.setting import Setting


@pytest.mark.parametrize(("name", "smallest", "largest"), [("identity", 0, 1e-12), ("relu", 1e-3, 10)])
def test_a_linear_stack_is_one_map_and_a_relu_network_is_not(small, name, smallest, largest):
    network = build([Setting(hidden=(16, 16), activation=name)], small.train.x)
    deviation = linear.collapse_error(network, start(network, 0, small.train.x), small.test.x)
    assert smallest <= deviation <= largest
    assert linear.is_linear(network) == (name == "identity")


def test_linear_regression_leaves_a_residual_that_no_pixel_explains(small):
    outputs = linear.linear_regression(replace(small, test=small.train))
    x, target = linear.with_ones(small.train.x), torch.eye(10, dtype=torch.float64)[small.train.y]
    # 600 residuals a column, and X^T X squares the condition: measured 7e-7
    assert (x.mT @ (outputs - target)).abs().max() < 1e-5
    assert (outputs - target).square().mean() < 0.01
