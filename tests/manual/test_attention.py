"""Attention: whom a query looks at, what a mask hides, and that heads know nothing of each other."""

import re

import mpmath
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import NAN, drawn, tensor
from torch.nn import functional

from dlconcepts.manual.attention import (
    attention,
    attention_backward,
    multi_head_attention,
    multi_head_attention_backward,
)
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def sequences(*lead, T=3, S=4, D=6, E=4, seed=0):
    generator = seeded(seed)
    return [normal((*lead, *shape), generator) for shape in [(T, D), (S, D), (S, E)]]


def test_by_hand():
    """Of two keys the query is equally like both; then it is far more like the second."""
    v = tensor([1, 10], [3, 30])
    assert attention(tensor([0, 0, 0, 0]), normal((2, 4), seeded()), v)[0].tolist() == [[2, 20]]
    q, k = tensor([100, 0, 0, 0]), tensor([0, 1, 0, 0], [8, 0, 0, 0])
    y, (_, _, _, p) = attention(q, k, v)
    assert y.tolist() == [[3, 30]]
    assert p.tolist() == [[pytest.approx(0, abs=1e-170), 1]]


def test_the_scores_are_divided_by_the_root_of_the_features():
    q, k = tensor([1, 1, 1, 1]), tensor([1, 1, 1, 1], [0, 0, 0, 0])
    _, (_, _, _, p) = attention(q, k, tensor([1], [0]))
    assert p[0, 0].item() == pytest.approx(float(1 / (1 + mpmath.exp(-2))), rel=1e-15)  # 4 / sqrt(4)


def test_the_value_is_the_50_digit_one():
    q, k, v = sequences(T=1, S=3, D=2, E=1)
    with mpmath.workdps(50):
        big = [[mpmath.mpf(x) for x in row] for row in k.tolist()]
        scores = [sum(mpmath.mpf(a) * b for a, b in zip(q[0].tolist(), row, strict=True)) for row in big]
        weights = [mpmath.exp(s / mpmath.sqrt(2)) for s in scores]
        exact = sum(w * mpmath.mpf(x) for w, x in zip(weights, v.flatten().tolist(), strict=True)) / sum(weights)
    assert attention(q, k, v)[0].item() == pytest.approx(float(exact), rel=1e-15)


@given(
    lead=st.lists(st.integers(1, 2), max_size=2), T=st.integers(0, 3), S=st.integers(1, 3), D=st.integers(1, 3),
    E=st.integers(1, 2), masked=st.booleans(), seed=st.integers(0, 99),
)  # fmt: skip
@drawn
def test_any_shape_is_torchs(lead, T, S, D, E, masked, seed):
    inputs = sequences(*lead, T=T, S=S, D=D, E=E, seed=seed)
    mask = torch.rand(*lead, T, S, generator=seeded(seed)) < 0.5 if masked else None
    leaves = [x.clone().requires_grad_() for x in inputs]
    expected = functional.scaled_dot_product_attention(*leaves, mask)
    y, saved = attention(*inputs, mask)
    assert error(y, expected.detach()) <= 1e-13
    dy = normal(tuple(y.shape), seeded(seed))
    for ours, theirs in zip(attention_backward(dy, *saved), torch.autograd.grad(expected, leaves, dy), strict=True):
        assert error(ours, theirs) <= 1e-13


def test_what_the_mask_hides_has_no_influence_and_gets_no_gradient():
    q, k, v = sequences(T=2, S=3)
    mask = torch.tensor([[True, False, True], [True, False, False]])
    y, saved = attention(q, k, v, mask)
    without, _ = attention(q[:1], k[[0, 2]], v[[0, 2]])
    assert error(y[:1], without) <= 1e-15
    assert torch.equal(y[1], v[0])
    _, dk, dv = attention_backward(normal((2, 4), seeded(1)), *saved)
    assert dk[1].tolist() == [0] * 6
    assert dv[1].tolist() == [0] * 4
    changed, _ = attention(q, torch.cat([k[:1], 1e6 * k[1:2], k[2:]]), v, mask)
    assert torch.equal(changed, y)


def test_a_query_that_may_look_nowhere_gets_zeros_and_gives_none():
    q, k, v = sequences(T=2, S=3)
    mask = torch.tensor([[False] * 3, [True] * 3])
    y, saved = attention(q, k, v, mask)
    assert y[0].tolist() == [0] * 4
    dq, dk, dv = attention_backward(torch.ones(2, 4).double(), *saved)
    assert dq[0].tolist() == [0] * 6
    assert dk.isfinite().all()
    assert dv.isfinite().all()


def test_one_mask_serves_all_models_and_heads():
    q, k, v = sequences(2, 3)
    mask = torch.ones(3, 4).tril().bool()
    each = mask.expand(2, 3, 3, 4)
    assert torch.equal(attention(q, k, v, mask)[0], attention(q, k, v, each)[0])
    assert torch.equal(multi_head_attention(q, k, v, mask, heads=2)[0], multi_head_attention(q, k, v, each, heads=2)[0])


def test_a_causal_mask_keeps_the_past_from_seeing_the_future():
    q, k, v = sequences(T=4, S=4)
    mask = torch.ones(4, 4).tril().bool()
    y, _ = attention(q, k, v, mask)
    expected = functional.scaled_dot_product_attention(q[None], k[None], v[None], is_causal=True)[0]
    assert error(y, expected) <= 1e-15
    v[3] += 1
    assert torch.equal(attention(q, k, v, mask)[0][:3], y[:3])


@pytest.mark.parametrize("heads", [1, 2])
def test_each_head_is_attention_on_its_own_features(heads):
    q, k, v = sequences(2, 3, D=6, E=4)
    dy, mask = normal((2, 3, 3, 4), seeded(5)), torch.rand(2, 3, 3, 4, generator=seeded(6)) < 0.7
    y, saved = multi_head_attention(q, k, v, mask, heads=heads)
    found = multi_head_attention_backward(dy, *saved)
    for h in range(heads):
        parts = [x.chunk(heads, -1)[h] for x in (q, k, v)]
        alone, own = attention(*parts, mask)
        assert error(y.chunk(heads, -1)[h], alone) <= 1e-15
        for ours, expected in zip(found, attention_backward(dy.chunk(heads, -1)[h], *own), strict=True):
            assert error(ours.chunk(heads, -1)[h], expected) <= 1e-14


def test_with_projections_it_is_torchs_multi_head_attention():
    x = normal((2, 5, 8), seeded(1))
    theirs = torch.nn.MultiheadAttention(8, 4, bias=False, batch_first=True, dtype=torch.float64)
    q, k, v = (x @ theirs.in_proj_weight.detach().mT).chunk(3, -1)
    y, _ = multi_head_attention(q, k, v, heads=4)
    expected, _ = theirs(x, x, x)
    assert error(y @ theirs.out_proj.weight.detach().mT, expected.detach()) <= 1e-14


def test_without_the_argument_there_is_one_head():
    q, k, v = sequences(2)
    assert torch.equal(multi_head_attention(q, k, v)[0], attention(q, k, v)[0])
    assert multi_head_attention(q, k, v)[1][-1] == 1


def test_a_nan_spoils_the_query_that_has_it_or_all_that_look_at_it():
    q, k, v = sequences(T=3, S=4)
    q[1, 0] = NAN
    assert attention(q, k, v)[0].isnan().any(-1).tolist() == [False, True, False]
    mask = torch.ones(3, 4, dtype=torch.bool)
    mask[0, 2] = False
    q, k, v = sequences(T=3, S=4)
    k[2, 0] = NAN
    assert attention(q, k, v, mask)[0].isnan().any(-1).tolist() == [False, True, True]


REFUSED = {
    "other features": ([(3, 4), (5, 6), (5, 2)], "q_features (4,) and k_features (6,) must be equal"),
    "other models": ([(2, 3, 4), (5, 4), (5, 2)], "q_models (2,) and k_models () must be equal"),
    "other places": ([(3, 4), (5, 4), (6, 2)], "k_places (5,) and v_places (6,) must be equal"),
    "no sequence": ([(4,), (5, 4), (5, 2)], "expected sequences (..., T, D), got q (4,) and k (5, 4)"),
    "no sequence of keys": ([(3, 4), (4,), (4,)], "expected sequences (..., T, D), got q (3, 4) and k (4,)"),
    "no key": ([(3, 4), (0, 4), (0, 2)], "attention needs at least one key of one feature, got k (0, 4)"),
    "no feature": ([(3, 0), (5, 0), (5, 2)], "attention needs at least one key of one feature, got k (5, 0)"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_shapes_that_do_not_fit_are_refused(name):
    shapes, message = REFUSED[name]
    for operation in (attention, multi_head_attention):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            operation(*(torch.zeros(shape) for shape in shapes))


def test_masks_and_heads_that_do_not_fit_are_refused():
    q, k, v = sequences(2)
    with pytest.raises(TypeError, match=r"^expected a boolean mask, True where a query may look, got torch.float64$"):
        attention(q, k, v, torch.ones(3, 4).double())
    message = "mask (2, 4) must be (T, S) or (..., T, S) of scores (2, 3, 4)"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        attention(q, k, v, torch.ones(2, 4, dtype=torch.bool))
    with pytest.raises(ValueError, match=re.escape("mask (3, 3, 4) must be")):
        attention(q, k, v, torch.ones(3, 3, 4, dtype=torch.bool))
    for heads, features in [(4, 6), (0, 6), (-1, 6), (3, 4)]:
        with pytest.raises(ValueError, match=f"^heads must divide the {features} features, got {heads}$"):
            multi_head_attention(q, k, v, heads=heads)
