"""GELU, SiLU and softplus in their tails and at softplus's switch."""

import math

import mpmath
import pytest
import torch
from oracles import INF, NAN, alone, relative_error, tensor, to_forty
from torch.nn import functional

from dlconcepts.manual.smooth_activation import gelu, gelu_tanh, silu, softplus, softplus_backward
from dlconcepts.rules.smooth_activation import rules
from dlconcepts.rules.verify import error


@pytest.mark.parametrize("name", ["gelu", "gelu tanh", "silu"])
def test_without_a_limit_there_is_no_number(name):
    y, _ = rules[name].forward(tensor(-INF))
    assert y.isnan().all()
    _, saved = rules[name].forward(tensor(INF))
    assert rules[name].backward(tensor(1), *saved)[0].isnan().all()


def test_every_digit_of_silu_is_right_in_the_tails_too():
    x = to_forty()
    assert relative_error(silu(x)[0], lambda x: x / (1 + mpmath.exp(-x)), x) <= 8


def test_every_digit_of_softplus_and_its_slope_is_right_below_the_switch():
    x = to_forty()
    x = x[x <= 20]
    y, saved = softplus(x)
    (dx,) = softplus_backward(torch.ones_like(x), *saved)
    assert relative_error(y, lambda x: mpmath.log1p(mpmath.exp(x)), x) <= 8
    assert relative_error(dx, lambda x: 1 / (1 + mpmath.exp(-x)), x) <= 8


@pytest.mark.parametrize(("beta", "threshold"), [(1.0, 20.0), (2.0, 5.0), (0.5, 3.0)])
def test_softplus_switches_just_above_the_threshold_as_torch_does(beta, threshold):
    at = tensor(threshold / beta)
    x = torch.cat([torch.nextafter(at, at - 1), at, torch.nextafter(at, at + 1)])
    formula = math.log1p(math.exp(threshold)) / beta
    slope = 1 / (1 + math.exp(-threshold))
    y, saved = softplus(x, beta, threshold)
    (dx,) = softplus_backward(tensor(1, 1, 1), *saved)
    assert y.tolist() == pytest.approx([formula, formula, at.item()], rel=1e-14)
    assert dx.tolist() == pytest.approx([slope, slope, 1], rel=1e-14)
    assert y[1] != at
    assert y[2] == x[2]
    assert dx[2] == 1
    value, gradient = alone(lambda x: functional.softplus(x, beta, threshold), x, tensor(1, 1, 1))
    assert error(y, value) <= 1e-13
    assert error(dx, gradient) <= 1e-13


def test_softplus_has_torchs_defaults():
    x = tensor(-3, 0.5, 19.9, 20.1)
    assert torch.equal(softplus(x)[0], softplus(x, 1.0, 20.0)[0])
    assert softplus(x)[0][3] == 20.1


def test_each_model_has_its_own_sharpness_and_switch():
    x = tensor([[1.0]], [[1.0]])
    y, _ = softplus(x, beta=tensor(1, 2), threshold=tensor(20, 1.5))
    assert y.view(-1).tolist() == pytest.approx([math.log1p(math.e), 1.0], rel=1e-15)


@pytest.mark.parametrize("beta", [0.0, -1.0, NAN], ids=str)
def test_a_sharpness_that_is_not_positive_is_refused(beta):
    with pytest.raises(ValueError, match=f"^beta must be positive, got {beta}$"):
        softplus(tensor(1), beta=beta)
    with pytest.raises(ValueError, match=r"^beta must be positive, got tensor"):
        softplus(tensor([1], [1]), beta=tensor(1, beta))


def test_the_gradient_of_softplus_survives_where_autograd_of_the_formula_is_nan():
    _, saved = softplus(tensor(1000, -1000))
    assert softplus_backward(tensor(1.7, 1.7), *saved)[0].tolist() == [1.7, 0]


def test_gelu_tanh_is_near_gelu_but_not_equal_to_it():
    x = torch.linspace(-6, 6, 1001, dtype=torch.float64)
    distance = (gelu(x)[0] - gelu_tanh(x)[0]).abs().max()
    assert 4e-4 < distance < 5e-4


@pytest.mark.parametrize(
    ("name", "value", "slope"),
    [("gelu", 0, 0.5), ("gelu tanh", 0, 0.5), ("silu", 0, 0.5), ("softplus", math.log(2), 0.5)],
)
def test_at_zero_all_have_half_the_slope(name, value, slope):
    y, saved = rules[name].forward(tensor(0))
    assert y.item() == pytest.approx(value, abs=1e-16)
    assert rules[name].backward(tensor(1), *saved)[0].item() == slope
