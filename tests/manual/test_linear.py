"""The linear layer: its formula, its edges, and every shape that torch would broadcast without a word."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlconcepts.manual.linear import linear, linear_backward, linear_without_bias, linear_without_bias_backward
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error

sides = st.integers(0, 4)
steady = settings(derandomize=True, deadline=None, database=None, max_examples=100)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def test_a_unit_adds_its_weighted_inputs_and_its_bias():
    x, W, b = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 5.0], [4.0, -6.0]]), torch.tensor([0.5, 7.0])
    assert linear(x, W, b)[0].tolist() == [[11.5, 0.0]]
    assert linear_without_bias(x, W)[0].tolist() == [[11.0, -7.0]]


def test_with_no_inputs_only_the_bias_is_left():
    x, W, b = torch.zeros(3, 0), torch.zeros(0, 2), torch.tensor([1.5, -2.0])
    z, saved = linear(x, W, b)
    assert z.tolist() == [[1.5, -2.0]] * 3
    dx, dW, db = linear_backward(torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]]), *saved)
    assert dx.shape == (3, 0)
    assert dW.shape == (0, 2)
    assert db.tolist() == [9.0, 13.0]
    assert linear_without_bias(x, W)[0].tolist() == [[0.0, 0.0]] * 3


@pytest.mark.parametrize("lead", [(), (3,), (2, 3)], ids=str)
def test_an_empty_batch_gives_empty_outputs_and_zero_gradients(lead):
    x, W, b = torch.zeros(*lead, 0, 4), torch.ones(*lead, 4, 2), torch.ones(*lead, 2)
    z, saved = linear(x, W, b)
    assert z.shape == (*lead, 0, 2)
    dx, dW, db = linear_backward(z, *saved)
    assert dx.shape == x.shape
    assert torch.equal(dW, torch.zeros_like(W))
    assert torch.equal(db, torch.zeros_like(b))
    for found, expected in zip(linear_without_bias_backward(z, *linear_without_bias(x, W)[1]), (dx, dW), strict=True):
        assert torch.equal(found, expected)


MISFITS = {  # x, W, b
    "too many inputs": ((4, 3), (2, 5), (5,)),
    "one input for all weights": ((4, 1), (3, 5), (5,)),
    "one weight for all inputs": ((4, 3), (1, 5), (5,)),
    "one bias for all units": ((4, 3), (3, 5), (1,)),
    "a bias per example": ((4, 3), (3, 5), (4, 5)),
    "weights shared by the models": ((2, 4, 3), (3, 5), (2, 5)),
    "data shared by the models": ((4, 3), (2, 3, 5), (2, 5)),
    "a bias shared by the models": ((2, 4, 3), (2, 3, 5), (5,)),
    "one model's weights for all": ((2, 4, 3), (1, 3, 5), (1, 5)),
    "one model's bias for all": ((2, 4, 3), (2, 3, 5), (1, 5)),
}


@pytest.mark.parametrize("name", MISFITS)
def test_nothing_is_broadcast_silently(name):
    x, W, b = (torch.zeros(shape) for shape in MISFITS[name])
    with pytest.raises(ValueError, match=r"\(.*\) and .* \(.*\) must be equal"):
        linear(x, W, b)
    if "bias" not in name:
        with pytest.raises(
            ValueError, match=r"x_models_and_inputs \(.*\) and W_models_and_inputs \(.*\) must be equal"
        ):
            linear_without_bias(x, W)


def test_a_single_example_without_its_batch_is_refused_with_the_cure():
    with pytest.raises(
        ValueError, match=r"expected rows of examples \(\.\.\., B, I\), got \(3,\); one example is x\[None\]"
    ):
        linear_without_bias(torch.zeros(3), torch.zeros(3, 2))


def test_without_bias_is_what_a_bias_of_zero_gives():
    x, W = normal((2, 5, 3), seeded()), normal((2, 3, 4), seeded(1))
    z, saved = linear_without_bias(x, W)
    expected, with_bias = linear(x, W, torch.zeros(2, 4, dtype=torch.float64))
    dz = normal((2, 5, 4), seeded(2))
    assert torch.equal(z, expected)
    both = zip(linear_without_bias_backward(dz, *saved), linear_backward(dz, *with_bias)[:2], strict=True)
    assert all(torch.equal(a, b) for a, b in both)


@steady
@given(M=sides, B=sides, I=sides, O=sides, seed=st.integers(0, 999))
def test_dx_and_dW_are_the_adjoints_of_the_product(M, B, I, O, seed):
    """<x W, g> = <x, dx> = <W, dW>: the product is linear in x and in W."""
    g = seeded(seed)
    x, W, dz = normal((M, B, I), g), normal((M, I, O), g), normal((M, B, O), g)
    z, saved = linear_without_bias(x, W)
    dx, dW = linear_without_bias_backward(dz, *saved)
    for other in ((x * dx).sum(), (W * dW).sum()):
        assert error(other, (z * dz).sum()) <= 1e-13


def test_extreme_numbers_pass_through_as_in_torch():
    x = torch.tensor([[1e20, -1e-300, -0.0], [float("inf"), 1.0, 0.0], [float("nan"), 1.0, 2.0]], dtype=torch.float64)
    W, b = torch.tensor([[2.0, 0.0], [1.0, 1.0], [3.0, -1.0]], dtype=torch.float64), torch.zeros(2, dtype=torch.float64)
    assert error(linear(x, W, b)[0], torch.nn.functional.linear(x, W.T, b)) == 0
