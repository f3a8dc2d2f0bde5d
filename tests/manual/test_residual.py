"""Residual connection: two ways lead back to x, and their gradients add up."""

import re

import pytest
import torch
from oracles import tensor
from torch.nn import functional

from dlconcepts.manual.linear import linear, linear_backward
from dlconcepts.manual.residual import residual, residual_backward, residual_block, residual_block_backward
from dlconcepts.manual.smooth_activation import gelu, gelu_backward
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error


def block(D=4, H=6, scale=1.0, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return [scale * normal(shape, generator) for shape in [(D, H), (H,), (H, D), (D,)]]


def test_a_sum_hands_its_gradient_to_both_terms():
    assert residual(tensor([1, 2]), tensor([10, 20]))[0].tolist() == [[11, 22]]
    dy = tensor([3, 4])
    assert [g.tolist() for g in residual_backward(dy)] == [[[3, 4]], [[3, 4]]]


def test_the_gradient_of_x_is_that_of_the_straight_way_plus_that_of_the_branch():
    x, dy, (W1, b1, W2, b2) = normal((5, 4), torch.Generator().manual_seed(1)), torch.ones(5, 4).double(), block()
    z, linear_1 = linear(x, W1, b1)
    h, gelu_saved = gelu(z)
    f, linear_2 = linear(h, W2, b2)
    branch = linear_backward(gelu_backward(linear_backward(dy, *linear_2)[0], *gelu_saved)[0], *linear_1)[0]
    y, saved = residual_block(x, W1, b1, W2, b2)
    assert error(y, x + f) <= 1e-15
    dx, *_ = residual_block_backward(dy, *saved)
    assert error(dx, dy + branch) <= 1e-15
    assert branch.abs().max() > 0.1


def test_a_block_whose_second_layer_is_0_is_the_identity_both_ways():
    W1, b1, W2, b2 = block()
    x, dy = normal((5, 4), torch.Generator().manual_seed(1)), normal((5, 4), torch.Generator().manual_seed(2))
    y, saved = residual_block(x, W1, b1, 0 * W2, 0 * b2)
    dx, dW1, db1, dW2, db2 = residual_block_backward(dy, *saved)
    assert torch.equal(y, x)
    assert torch.equal(dx, dy)
    assert not dW1.any()
    assert not db1.any()
    assert dW2.abs().min() > 0
    assert torch.equal(db2, dy.sum(-2))


def test_a_hundred_blocks_hand_the_gradient_down_where_a_hundred_layers_lose_it():
    x = normal((5, 4), torch.Generator().manual_seed(1))
    blocks, tape, y = [block(scale=0.1, seed=seed) for seed in range(100)], [], x
    for params in blocks:
        y, saved = residual_block(y, *params)
        tape.append(saved)
    dx = plain = torch.ones_like(y)
    for saved in reversed(tape):
        dx, *_ = residual_block_backward(dx, *saved)
        plain = residual_block_backward(plain, *saved)[0] - plain  # the branch alone
    assert dx.abs().min() > 0.5
    assert plain.abs().max() < 1e-100


def test_every_gradient_is_torchs_in_a_stack():
    generator = torch.Generator().manual_seed(3)
    x, dy = normal((2, 5, 4), generator), normal((2, 5, 4), generator)
    params = [torch.stack(pair) for pair in zip(block(seed=4), block(seed=5), strict=True)]
    _, saved = residual_block(x, *params)
    ours = residual_block_backward(dy, *saved)
    for m in range(2):
        leaves = [t[m].clone().requires_grad_() for t in (x, *params)]
        a, W1, b1, W2, b2 = leaves
        y = a + functional.linear(functional.gelu(functional.linear(a, W1.mT, b1)), W2.mT, b2)
        for found, expected in zip(ours, torch.autograd.grad(y, leaves, dy[m]), strict=True):
            assert error(found[m], expected) <= 1e-13


def test_a_branch_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=re.escape("x (2, 3) and f (2, 1) must be equal")):
        residual(torch.zeros(2, 3), torch.zeros(2, 1))
    W1, b1, W2, b2 = block()
    with pytest.raises(ValueError, match=re.escape("x (5, 4) and f (5, 3) must be equal")):
        residual_block(torch.zeros(5, 4).double(), W1, b1, W2[:, :3], b2[:3])
    with pytest.raises(ValueError, match="must be equal"):
        residual_block(torch.zeros(5, 3).double(), W1, b1, W2, b2)
