"""The gated recurrent unit by hand, gate by gate, and what an open gate does for the gradient."""

import math
import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import NAN, drawn, tensor

from dlconcepts.manual.gru import gru, gru_backward
from dlconcepts.rules.recurrent import torch_gru
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error


def inputs(*lead, B=2, T=3, I=2, H=3, seed=0):
    generator = torch.Generator().manual_seed(seed)
    shapes = [(B, T, I), (I, 3 * H), (3 * H,), (H, 3 * H), (3 * H,), (B, H)]
    return [normal((*lead, *shape), generator) / 2 for shape in shapes]


def logistic(x):
    return 1 / (1 + math.exp(-x))


def test_one_step_by_hand():
    W, b, U, c = tensor([1, 2, 3]), tensor(0.1, 0.2, 0.3), tensor([-1, 0.5, 2]), tensor(0, -0.1, 0.4)
    h, saved = gru(tensor([[0.5]]), W, b, U, c, tensor([0.25]))
    r, z = logistic(0.6 - 0.25), logistic(1.2 + 0.125 - 0.1)
    s = 0.5 + 0.4
    n = math.tanh(1.8 + r * s)
    assert h.item() == pytest.approx(0.25 * z + (1 - z) * n, rel=1e-15)
    dx, dW, db, dU, dc, dh0 = gru_backward(tensor([[1]]), *saved)
    dn = (1 - z) * (1 - n * n)
    dz, dr = (0.25 - n) * z * (1 - z), dn * s * r * (1 - r)
    assert db.tolist() == pytest.approx([dr, dz, dn], rel=1e-14)
    assert dc.tolist() == pytest.approx([dr, dz, dn * r], rel=1e-14)
    assert dW.flatten().tolist() == pytest.approx([dr / 2, dz / 2, dn / 2], rel=1e-14)
    assert dU.flatten().tolist() == pytest.approx([dr / 4, dz / 4, dn * r / 4], rel=1e-14)
    assert dx.item() == pytest.approx(dr + 2 * dz + 3 * dn, rel=1e-14)
    assert dh0.item() == pytest.approx(z - dr + dz / 2 + 2 * dn * r, rel=1e-14)


@given(B=st.integers(1, 3), T=st.integers(1, 4), I=st.integers(1, 3), H=st.integers(1, 3), seed=st.integers(0, 99))
@drawn
def test_any_shape_is_torchs(B, T, I, H, seed):
    given_inputs = inputs(B=B, T=T, I=I, H=H, seed=seed)
    leaves = [t.clone().requires_grad_() for t in given_inputs]
    expected = torch_gru(*leaves)
    h, saved = gru(*given_inputs)
    assert error(h, expected.detach()) <= 1e-13
    dh = normal(tuple(h.shape), torch.Generator().manual_seed(seed))
    for ours, theirs in zip(gru_backward(dh, *saved), torch.autograd.grad(expected, leaves, dh), strict=True):
        assert error(ours, theirs) <= 1e-13


@pytest.mark.parametrize(("bias", "low", "high"), [(40.0, 0.999, 1.001), (-40.0, 0, 1e-100)])
def test_through_an_open_gate_memory_and_gradient_pass_unchanged(bias, low, high):
    x, W, b, U, c, h0 = inputs(B=1, T=50, I=1, H=1)
    b = tensor(0, bias, 0)
    h, saved = gru(x, W, b, 0 * U, c, h0)
    dh = torch.zeros_like(h)
    dh[0, -1] = 1
    assert low <= gru_backward(dh, *saved)[-1].item() <= high
    assert (abs(h[0, -1] - h0[0]) < 1e-12).item() == (bias > 0)


def test_a_sequence_may_be_read_in_two_parts():
    x, *params, h0 = inputs(T=6)
    whole, _ = gru(x, *params, h0)
    first, _ = gru(x[:, :2], *params, h0)
    second, _ = gru(x[:, 2:], *params, first[:, -1])
    assert torch.equal(torch.cat([first, second], 1), whole)


def test_a_nan_spoils_what_comes_after_it_in_its_own_sequence():
    x, *params = inputs(T=4)
    x[1, 2, 0] = NAN
    h, _ = gru(x, *params)
    assert h.isnan().any(-1).tolist() == [[False] * 4, [False, False, True, True]]


def test_an_empty_sequence_and_an_empty_batch_stay_empty():
    for sizes in [{"T": 0}, {"B": 0}]:
        given_inputs = inputs(2, **sizes)
        h, saved = gru(*given_inputs)
        found = gru_backward(h, *saved)
        assert h.shape == (*given_inputs[0].shape[:-1], 3)
        assert [d.shape for d in found] == [t.shape for t in given_inputs]
        assert not any(d.any() for d in found)


SHAPES = [(2, 3, 2), (2, 12), (12,), (4, 12), (12,), (2, 4)]  # x, W, b, U, c, h0
REFUSED = {
    "no batch": (0, (3, 2), "expected sequences (..., B, T, I), got (3, 2); one sequence is x[None]"),
    "two gates": (1, (2, 8), "expected (2, 12) and W (2, 8) must be equal"),
    "other biases": (2, (4,), "W_models_and_units (12,) and b (4,) must be equal"),
    "other units": (3, (4, 9), "expected (4, 12) and U (4, 9) must be equal"),
    "other biases of the memory": (4, (1,), "W_models_and_units (12,) and c (1,) must be equal"),
    "other batch": (5, (1, 4), "x_models_and_batch (2,) and h0_models_and_batch (1,) must be equal"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_shapes_that_do_not_fit_are_refused(name):
    place, shape, message = REFUSED[name]
    shapes = [*SHAPES[:place], shape, *SHAPES[place + 1 :]]
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        gru(*(torch.zeros(s) for s in shapes))
    assert gru(*(torch.zeros(s) for s in SHAPES))[0].shape == (2, 3, 4)
