"""Gated linear units: which half is the gate, and what each half's gradient is."""

import re

import pytest
import torch
from hypothesis import given
from oracles import INF, alone, drawn, tensor, tensors
from torch.nn import functional

from dlconcepts.manual.gated import glu, glu_backward, swiglu, swiglu_backward
from dlconcepts.rules.gated import rules
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error

every = pytest.mark.parametrize("name", rules)


def test_the_second_half_is_the_gate():
    x = tensor([2, 3, 0, 1000], [5, 7, -1000, 0])
    assert glu(x)[0].tolist() == [[1, 3], [0, 3.5]]
    assert swiglu(x)[0].tolist() == [[0, 3000], [0, 0]]
    assert error(glu(x)[0], functional.glu(x)) == 0


def test_the_slopes_by_hand():
    x, dy = tensor([2, 4, 0, 0]), tensor([1, 10])
    assert glu_backward(dy, *glu(x)[1])[0].tolist() == [[0.5, 5, 0.5, 10]]
    assert swiglu_backward(dy, *swiglu(x)[1])[0].tolist() == [[0, 0, 1, 20]]


@every
@given(x=tensors(min_dims=1))
@drawn
def test_any_tensor_in_any_layout_gives_what_torch_gives(name, x):
    x = torch.cat([x, x.flip(-1) / 2], -1)
    shape = (*x.shape[:-1], x.shape[-1] // 2)
    dy = normal(shape, torch.Generator().manual_seed(1))
    y, saved = rules[name].forward(x)
    value, gradient = alone(rules[name].reference, x, dy)
    assert y.shape == shape
    assert error(y, value) <= 1e-13
    assert error(rules[name].backward(dy, *saved)[0], gradient) <= 1e-13


def test_a_gate_wide_open_keeps_the_digits_of_its_small_slope():
    """1 - sigmoid(40) is 4e-18, of which a subtraction leaves nothing."""
    x = tensor([1, 40])
    tail = torch.exp(tensor(-40))[0]
    (dx,) = glu_backward(tensor([1]), *glu(x)[1])
    assert dx[0, 1].item() == pytest.approx(tail.item(), rel=1e-15, abs=0)


@every
def test_infinity_closes_or_opens_the_gate(name):
    y, _ = rules[name].forward(tensor([1, -1000], [1, 1000]))
    assert y.flatten().tolist() == ([0, 1] if name == "glu" else [0, 1000])
    assert glu(tensor([1, -INF], [1, INF]))[0].flatten().tolist() == [0, 1]


@every
@pytest.mark.parametrize("shape", [(3,), (2, 1), (4, 2, 5), ()], ids=str)
def test_features_without_two_halves_are_refused(name, shape):
    message = f"expected x (..., 2 H), an even number of features, got {shape}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        rules[name].forward(torch.zeros(shape))
    assert rules[name].forward(torch.zeros(2, 0))[0].shape == (2, 0)
