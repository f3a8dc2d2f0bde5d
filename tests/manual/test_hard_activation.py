"""Hard sigmoid and hardswish at their bends, beside torch's own functions."""

import pytest
import torch
from oracles import INF, NAN, alone, tensor
from torch.nn import functional

from dlconcepts.manual.hard_activation import (
    hard_sigmoid,
    hard_sigmoid_backward,
    hardswish,
    hardswish_backward,
    kinks,
)
from dlconcepts.rules.hard_activation import rules
from dlconcepts.rules.verify import error

TORCHS = {"hard sigmoid": functional.hardsigmoid, "hardswish": functional.hardswish}
every = pytest.mark.parametrize("name", TORCHS)


def around(*kinks):
    at = tensor(*kinks)
    return torch.stack([torch.nextafter(at, at - 1), at, torch.nextafter(at, at + 1)], -1).flatten()


def test_by_hand():
    x = tensor(-4, -3, -1.5, 0, 1.5, 3, 4)
    assert hard_sigmoid(x)[0].tolist() == [0, 0, 0.25, 0.5, 0.75, 1, 1]
    assert hardswish(x)[0].tolist() == [0, 0, -0.375, 0, 1.125, 3, 4]
    assert hard_sigmoid_backward(6 * torch.ones(7), x)[0].tolist() == [0, 0, 1, 1, 1, 0, 0]
    assert hardswish_backward(6 * torch.ones(7), x)[0].tolist() == [0, 0, 0, 3, 6, 6, 6]


def test_at_the_bends_and_beside_them_the_slopes_are_the_tables():
    assert kinks == {"hard sigmoid": {-3.0: 0.0, 3.0: 0.0}, "hardswish": {-3.0: 0.0, 3.0: 1.0}}
    x = around(-3, 3)
    dy = torch.ones_like(x)
    assert hard_sigmoid_backward(dy, x)[0].tolist() == pytest.approx([0, 0, 1 / 6, 1 / 6, 0, 0], rel=1e-14)
    assert hardswish_backward(dy, x)[0].tolist() == pytest.approx([0, 0, -0.5, 1.5, 1, 1], rel=1e-14)


@every
def test_torchs_own_functions_agree_but_for_its_sixth_of_float32(name):
    x = torch.cat([torch.linspace(-5, 5, 201, dtype=torch.float64), tensor(-1e20, 1e20)])
    x = x[x.abs() != 3]
    dy = torch.linspace(0.5, 2, len(x), dtype=torch.float64)
    value, gradient = alone(TORCHS[name], x, dy)
    y, saved = rules[name].forward(x)
    assert error(y, value) <= 1e-15
    assert error(rules[name].backward(dy, *saved)[0], gradient) <= 3e-8


@every
def test_autograd_through_our_own_forward_agrees_at_the_bends(name):
    x = torch.cat([around(-3, 0, 3), tensor(-5, 5)]).requires_grad_()
    dy = torch.linspace(1, 2, len(x), dtype=torch.float64)
    y, saved = rules[name].forward(x)
    assert error(torch.autograd.grad(y, x, dy)[0], rules[name].backward(dy, *saved)[0].detach()) <= 1e-15


@every
def test_a_nan_is_neither_side(name):
    y, saved = rules[name].forward(tensor(NAN, 1))
    assert y.isnan().tolist() == [True, False]
    assert rules[name].backward(tensor(NAN, 1), *saved)[0].isnan().tolist() == [True, False]


def test_infinity_is_far_on_its_side_and_0_times_infinity_no_number():
    assert hard_sigmoid(tensor(-INF, INF))[0].tolist() == [0, 1]
    y, _ = hardswish(tensor(-INF, INF))
    assert y[0].isnan()
    assert functional.hardswish(tensor(-INF))[0].isnan()
    assert y[1] == INF
