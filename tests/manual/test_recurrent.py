"""The recurrent cell by hand, step by step, and what its gradient does over a long time."""

import math
import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import NAN, drawn, tensor

from dlconcepts.manual.recurrent import recurrent, recurrent_backward
from dlconcepts.rules.recurrent import torch_recurrent
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error


def inputs(*lead, B=2, T=3, I=2, H=3, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return [normal((*lead, *shape), generator) / 2 for shape in [(B, T, I), (I, H), (H, H), (H,), (B, H)]]


def test_by_hand():
    x, W, U, b, h0 = tensor([[1], [2]]), tensor([0.5]), tensor([-1]), tensor(0.25), tensor([0.5])
    h, saved = recurrent(x, W, U, b, h0)
    first = math.tanh(0.5 + 0.25 - 0.5)
    second = math.tanh(1 + 0.25 - first)
    assert h.flatten().tolist() == pytest.approx([first, second], rel=1e-15)
    dx, dW, dU, db, dh0 = recurrent_backward(tensor([[10], [1]]), *saved)
    dz2 = 1 - second**2
    dz1 = (10 - dz2) * (1 - first**2)
    assert dx.flatten().tolist() == pytest.approx([dz1 / 2, dz2 / 2], rel=1e-14)
    assert dW.item() == pytest.approx(dz1 + 2 * dz2, rel=1e-14)
    assert dU.item() == pytest.approx(0.5 * dz1 + first * dz2, rel=1e-14)
    assert db.item() == pytest.approx(dz1 + dz2, rel=1e-14)
    assert dh0.item() == pytest.approx(-dz1, rel=1e-14)


@given(B=st.integers(1, 3), T=st.integers(1, 4), I=st.integers(1, 3), H=st.integers(1, 3), seed=st.integers(0, 99))
@drawn
def test_any_shape_is_torchs(B, T, I, H, seed):
    given_inputs = inputs(B=B, T=T, I=I, H=H, seed=seed)
    leaves = [t.clone().requires_grad_() for t in given_inputs]
    expected = torch_recurrent(*leaves)
    h, saved = recurrent(*given_inputs)
    assert error(h, expected.detach()) <= 1e-13
    dh = normal(tuple(h.shape), torch.Generator().manual_seed(seed))
    for ours, theirs in zip(recurrent_backward(dh, *saved), torch.autograd.grad(expected, leaves, dh), strict=True):
        assert error(ours, theirs) <= 1e-13


def test_a_sequence_may_be_read_in_two_parts():
    x, W, U, b, h0 = inputs(T=6)
    whole, _ = recurrent(x, W, U, b, h0)
    first, _ = recurrent(x[:, :2], W, U, b, h0)
    second, _ = recurrent(x[:, 2:], W, U, b, first[:, -1])
    assert torch.equal(torch.cat([first, second], 1), whole)


@pytest.mark.parametrize(("factor", "low", "high"), [(0.5, 0, 1e-13), (1.0, 0.9, 1.1), (1.5, 1e8, 1e9)])
def test_over_fifty_steps_the_gradient_vanishes_stays_or_explodes(factor, low, high):
    """Near 0, where tanh's slope is 1, a step back multiplies by U."""
    x, W, U, b = torch.zeros(1, 50, 1).double(), tensor([1]), tensor([factor]), tensor(0)
    _, saved = recurrent(x, W, U, b, tensor([0]))
    dh = torch.zeros(1, 50, 1).double()
    dh[0, -1] = 1
    assert low < recurrent_backward(dh, *saved)[-1].item() < high


def test_a_nan_spoils_what_comes_after_it_in_its_own_sequence():
    x, *params = inputs(T=4)
    x[1, 2, 0] = NAN
    h, _ = recurrent(x, *params)
    assert h.isnan().any(-1).tolist() == [[False] * 4, [False, False, True, True]]


def test_an_empty_sequence_and_an_empty_batch_stay_empty():
    for sizes in [{"T": 0}, {"B": 0}]:
        given_inputs = inputs(2, **sizes)
        h, saved = recurrent(*given_inputs)
        found = recurrent_backward(h, *saved)
        assert h.shape == (*given_inputs[0].shape[:-1], 3)
        assert [d.shape for d in found] == [t.shape for t in given_inputs]
        assert not any(d.any() for d in found)


SHAPES = [(2, 3, 2), (2, 4), (4, 4), (4,), (2, 4)]  # x, W, U, b, h0
REFUSED = {
    "no batch": (0, (3, 2), "expected sequences (..., B, T, I), got (3, 2); one sequence is x[None]"),
    "other inputs": (1, (3, 4), "expected (2, 4) and W (3, 4) must be equal"),
    "other units": (2, (4, 3), "expected (4, 4) and U (4, 3) must be equal"),
    "other biases": (3, (1,), "W_models_and_units (4,) and b (1,) must be equal"),
    "other batch": (4, (1, 4), "x_models_and_batch (2,) and h0_models_and_batch (1,) must be equal"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_shapes_that_do_not_fit_are_refused(name):
    place, shape, message = REFUSED[name]
    shapes = [*SHAPES[:place], shape, *SHAPES[place + 1 :]]
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        recurrent(*(torch.zeros(s) for s in shapes))
    assert recurrent(*(torch.zeros(s) for s in SHAPES))[0].shape == (2, 3, 4)
