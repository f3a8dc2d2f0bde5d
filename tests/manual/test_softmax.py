"""Softmax and its logarithm: huge scores, -inf, empty rows, and what holds for every tensor."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import INF, NAN, SHAPES, alone, drawn, tensor, tensors
from torch.nn import functional

from dlconcepts.manual.softmax import log_softmax, log_softmax_backward, softmax, softmax_backward
from dlconcepts.rules.rule import normal
from dlconcepts.rules.softmax import rules
from dlconcepts.rules.verify import error

both = pytest.mark.parametrize("name", ["softmax", "log-softmax"])


def upstream(x):
    return normal(tuple(x.shape), torch.Generator().manual_seed(1))


def test_huge_scores_share_what_they_deserve():
    assert softmax(tensor(1000, 1000, 0))[0].tolist() == [0.5, 0.5, 0]
    assert softmax(tensor(-1000, -1000, -3000))[0].tolist() == [0.5, 0.5, 0]
    assert softmax(tensor(1000, 1000, 0).float())[0].tolist() == [0.5, 0.5, 0]


def test_the_logarithm_is_finite_where_the_probability_is_not_above_zero():
    logp, saved = log_softmax(torch.tensor([0.0, -200.0]))
    assert logp.tolist() == [0, -200]
    assert softmax(torch.tensor([0.0, -200.0]))[0].log().tolist() == [0, -INF]
    assert log_softmax_backward(torch.tensor([0.0, 1.0]), *saved)[0].tolist() == [-1, 1]


def test_a_score_of_minus_infinity_gets_nothing_and_passes_nothing_back():
    z = tensor(1, -INF, 2)
    p, saved = softmax(z)
    assert p[1] == 0
    assert p.sum() == pytest.approx(1)
    assert softmax_backward(tensor(3, 5, 7), *saved)[0][1] == 0
    logp, saved = log_softmax(z)
    assert logp[1] == -INF
    assert log_softmax_backward(tensor(3, 0, 7), *saved)[0][1] == 0


@both
@pytest.mark.parametrize(
    "row",
    [(-INF, -INF, -INF), (1, INF, 2), (INF, INF, 0), (1, NAN, 2), (1, -INF, 2), (0, 0, 0), (1e20, 0, -1e20)],
    ids=str,
)
def test_a_row_with_something_infinite_gives_what_torch_gives_and_spares_the_next(name, row):
    z = tensor(row, (1, 2, 3))
    rule, dy = rules[name], upstream(z)
    y, saved = rule.forward(z)
    expected, gradient = alone(rule.reference, z, dy)
    assert error(y, expected) <= 1e-13
    assert error(rule.backward(dy, *saved)[0], gradient) <= 1e-13
    if not math.isfinite(sum(row)) and row != (1, -INF, 2):
        assert y[0].isnan().all()
    assert y[1].isfinite().all()


@both
@pytest.mark.parametrize("shape", [*SHAPES, (2, 0), (2, 0, 3), (0, 0)], ids=str)
def test_every_shape_works_the_empty_ones_too(name, shape):
    z = normal(shape, torch.Generator().manual_seed(2))
    rule, dy = rules[name], upstream(z)
    y, saved = rule.forward(z)
    expected, gradient = alone(rule.reference, z, dy)
    assert error(y, expected) <= 1e-13
    assert error(rule.backward(dy, *saved)[0], gradient) <= 1e-13
    assert y.data_ptr() != z.data_ptr() or not z.numel()


@given(z=tensors(min_dims=1, min_side=1), shift=st.floats(-1e3, 1e3))
@drawn
def test_rows_sum_to_one_and_a_shift_of_all_scores_changes_nothing(z, shift):
    p, saved = softmax(z)
    assert error(p.sum(-1), torch.ones(z.shape[:-1], dtype=torch.float64)) <= 1e-14
    assert (p >= 0).all()
    assert error(softmax(z + shift)[0], p) <= 1e-12  # z + shift itself rounds at 1e3 eps
    assert error(log_softmax(z + shift)[0], log_softmax(z)[0]) <= 1e-12
    assert error(log_softmax(z)[0].exp(), p) <= 1e-13
    dp = upstream(z)
    assert softmax_backward(dp, *saved)[0].sum(-1).abs().max() <= 1e-14
    _, saved = log_softmax(z)
    assert log_softmax_backward(dp, *saved)[0].sum(-1).abs().max() <= 1e-13


@both
@given(z=tensors(min_dims=1))
@drawn
def test_any_tensor_in_any_layout_gives_what_torch_gives(name, z):
    rule, dy = rules[name], upstream(z)
    y, saved = rule.forward(z)
    expected, gradient = alone(rule.reference, z, dy)
    assert error(y, expected) <= 1e-13
    assert error(rule.backward(dy, *saved)[0], gradient) <= 1e-13


def test_the_order_of_the_classes_goes_through():
    z = tensor([1, 2, 3], [0, -1, 5])
    assert error(softmax(z.flip(-1))[0], softmax(z)[0].flip(-1)) <= 1e-15


def test_the_logarithm_equals_torchs_far_from_zero():
    z = tensor([0, -1e4, -800], [1e4, 0, 1e4])
    assert error(log_softmax(z)[0], functional.log_softmax(z, -1)) <= 1e-13
