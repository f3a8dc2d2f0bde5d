"""Layer norm and batch norm in training: what they normalize, what their gradients cannot do, what breaks others."""

# Over 200 lines, and one thing: one operation in two layouts, and what holds of both.

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from dlconcepts.manual.normalization import (
    batch_norm,
    batch_norm_backward,
    layer_norm,
    layer_norm_backward,
    plain_batch_norm,
    plain_batch_norm_backward,
    statistics,
)
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error

inf, nan = float("inf"), float("nan")
steady = settings(derandomize=True, deadline=None, database=None, max_examples=60)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def affine(*shape):
    return normal(shape, seeded(8)), normal(shape, seeded(9))


def ones(*shape):
    return torch.ones(shape, dtype=torch.float64), torch.zeros(shape, dtype=torch.float64)


def test_the_variance_is_divided_by_n():
    x = torch.tensor([[1.0, 10.0], [2.0, 20.0], [6.0, 60.0]], dtype=torch.float64)
    mean, var = statistics(x, -2)
    assert mean.tolist() == [[3, 30]]
    assert error(var, torch.tensor([[14 / 3, 1400 / 3]], dtype=torch.float64)) <= 1e-15
    assert error(statistics(x.mT, -1)[1], var.mT) == 0


@pytest.mark.parametrize("lead", [(), (3,), (2, 3)], ids=str)
def test_layer_norm_normalizes_rows_and_batch_norm_columns(lead):
    x = 3 * normal((*lead, 6, 5), seeded()) + 7
    rows, _ = layer_norm(x, *ones(*lead, 5), eps=0.0)
    columns, _ = batch_norm(x, *ones(*lead, 5), eps=0.0)
    plain, _ = plain_batch_norm(x, eps=0.0)
    assert torch.equal(columns, plain)
    for y, dim in [(rows, -1), (columns, -2)]:
        assert float(y.mean(dim).abs().max()) <= 1e-14
        assert float((y.square().mean(dim) - 1).abs().max()) <= 1e-14


def test_gamma_and_beta_scale_and_shift_each_feature():
    x, (gamma, beta) = normal((2, 6, 3), seeded()), affine(2, 3)
    for norm in (layer_norm, batch_norm):
        plain, y = norm(x, *ones(2, 3))[0], norm(x, gamma, beta)[0]
        for c in range(3):
            assert error(y[..., c], gamma[:, c, None] * plain[..., c] + beta[:, c, None]) <= 1e-15


def test_eps_stands_inside_the_root():
    """At variance 1/4 and eps 3/4 the root is 1; outside it, it would be 1.25."""
    x = torch.tensor([[-0.5, 0.5], [0.5, -0.5]], dtype=torch.float64)
    for y in (layer_norm(x, *ones(2), eps=0.75)[0], batch_norm(x, *ones(2), 0.75)[0], plain_batch_norm(x, 0.75)[0]):
        assert torch.equal(y, x)


def test_the_default_eps_is_a_hundred_thousandth_as_in_torch():
    """At scale 1: at scale 100 an eps of 1e-6 would differ by 7e-10 only."""
    x, (gamma, beta) = normal((6, 5), seeded()), affine(5)
    assert error(layer_norm(x, gamma, beta)[0], functional.layer_norm(x, (5,), gamma, beta)) <= 1e-14
    expected = functional.batch_norm(x, None, None, gamma, beta, training=True)
    assert error(batch_norm(x, gamma, beta)[0], expected) <= 1e-14
    assert error(plain_batch_norm(x)[0], functional.batch_norm(x, None, None, training=True)) <= 1e-14


def test_each_model_may_have_its_own_eps():
    x, (gamma, beta), eps = normal((3, 6, 5), seeded()), affine(3, 5), torch.tensor([1e-5, 0.1, 2.0]).double()
    dy = normal((3, 6, 5), seeded(1))
    for norm, norm_backward in [(layer_norm, layer_norm_backward), (batch_norm, batch_norm_backward)]:
        y, saved = norm(x, gamma, beta, eps)
        for m in range(3):
            alone, saved_alone = norm(x[m], gamma[m], beta[m], float(eps[m]))
            assert error(y[m], alone) <= 1e-14
            for a, b in zip(norm_backward(dy, *saved), norm_backward(dy[m], *saved_alone), strict=True):
                assert error(a[m], b) <= 1e-14


def test_large_means_in_single_precision_do_not_drown_the_variance():
    """mean(x^2) - mean(x)^2 would give -8 here. Float32 numbers around 10,000 lie 1e-3 apart, so no y is closer."""
    x = (1e4 + normal((512, 3), seeded())).float()
    _, var = statistics(x, -2)
    exact = x.double()
    assert float((var - exact.var(-2, correction=0)).abs().max()) <= 1e-5
    y, _ = plain_batch_norm(x)
    expected, _ = plain_batch_norm(exact)
    assert float((y - expected).abs().max()) <= 1e-3
    rows, _ = layer_norm(x.mT.contiguous(), *(t.float() for t in ones(512)))
    assert float((rows.mT - expected).abs().max()) <= 1e-3


@pytest.mark.parametrize("value", [0.0, 3.0, -1e20, 1e-300])
def test_a_constant_feature_gives_beta_and_a_finite_gradient(value):
    x, (gamma, beta) = torch.full((4, 4), value, dtype=torch.float64), affine(4)
    dy = normal((4, 4), seeded())
    for norm, norm_backward, dim in [(layer_norm, layer_norm_backward, -1), (batch_norm, batch_norm_backward, -2)]:
        y, saved = norm(x, gamma, beta)
        assert torch.equal(y, beta.expand(4, 4))
        dx, dgamma, _ = norm_backward(dy, *saved)
        dxhat = dy * gamma
        assert error(dx, (dxhat - dxhat.mean(dim, keepdim=True)) / 1e-5**0.5) <= 1e-14  # times 316
        assert torch.equal(dgamma, torch.zeros(4, dtype=torch.float64))


def test_a_single_feature_leaves_layer_norm_nothing_but_beta():
    y, saved = layer_norm(normal((3, 1), seeded()), *affine(1))
    assert torch.equal(y, affine(1)[1].expand(3, 1))
    assert layer_norm_backward(normal((3, 1), seeded(1)), *saved)[0].tolist() == [[0]] * 3


@pytest.mark.parametrize("shape", [(1, 3), (2, 1, 3), (1, 0)], ids=str)
def test_a_batch_of_one_is_refused_in_training(shape):
    message = "^batch norm needs more than 1 value per feature in training, got 1; use a larger batch$"
    with pytest.raises(ValueError, match=message):
        plain_batch_norm(torch.ones(shape))
    with pytest.raises(ValueError, match=message):
        batch_norm(torch.ones(shape), torch.ones(*shape[:-2], shape[-1]), torch.ones(*shape[:-2], shape[-1]))


def test_a_batch_of_two_is_normalized_to_plus_and_minus_one():
    y, _ = plain_batch_norm(torch.tensor([[1.0, 9.0], [3.0, -9.0]], dtype=torch.float64), eps=0.0)
    assert y.tolist() == [[-1, 1], [1, -1]]


def test_an_empty_batch_gives_an_empty_result_and_zero_parameter_gradients():
    for norm, norm_backward in [(layer_norm, layer_norm_backward), (batch_norm, batch_norm_backward)]:
        y, saved = norm(torch.zeros(2, 0, 3), torch.ones(2, 3), torch.ones(2, 3))
        assert y.shape == (2, 0, 3)
        dx, dgamma, dbeta = norm_backward(y, *saved)
        assert dx.shape == (2, 0, 3)
        assert torch.equal(dgamma, torch.zeros(2, 3))
        assert torch.equal(dbeta, torch.zeros(2, 3))


def test_the_batch_statistics_are_among_what_is_saved():
    x, (gamma, beta) = normal((2, 6, 3), seeded()), affine(2, 3)
    kept, _, mean, var, eps = batch_norm(x, gamma, beta)[1]
    plain = plain_batch_norm(x)[1]
    assert kept is x is plain[0]
    assert eps == plain[3] == 1e-5
    for found in ((mean, var), plain[1:3]):
        assert error(found[0], x.mean(-2)) <= 1e-15
        assert error(found[1], x.var(-2, correction=0)) <= 1e-15


@pytest.mark.parametrize("bad", [inf, nan])
def test_a_nan_or_inf_spoils_its_own_row_or_column_alone(bad):
    x = normal((4, 5), seeded())
    x[1, 2] = bad
    rows, columns = layer_norm(x, *ones(5))[0].isnan(), batch_norm(x, *ones(5))[0].isnan()
    assert rows[1].all()
    assert not rows[[0, 2, 3]].any()
    assert columns[:, 2].all()
    assert not columns[:, [0, 1, 3, 4]].any()


@steady
@given(
    M=st.integers(1, 3),
    B=st.integers(2, 6),
    C=st.integers(1, 5),
    scale=st.sampled_from([0.1, 1.0, 100.0]),
    seed=st.integers(0, 999),
)
def test_a_gradient_can_neither_shift_nor_stretch_what_was_normalized(M, B, C, scale, seed):
    """With eps = 0: sum(dx) = 0 and sum(dx xhat) = 0 along the normalized axis, since y ignores shift and scale."""
    g = seeded(seed)
    x, dy = scale * normal((M, B, C), g), normal((M, B, C), g)
    y, saved = plain_batch_norm(x, eps=0.0)
    (dx,) = plain_batch_norm_backward(dy, *saved)
    size = float(dy.abs().max() / saved[2].sqrt().min())  # |dx| is of the order of dy / std
    assert float(dx.sum(-2).abs().max()) <= 1e-13 * max(size, 1)
    assert float((dx * y).sum(-2).abs().max()) <= 1e-13 * max(size, 1)
    y, saved = layer_norm(x.mT.contiguous(), *ones(M, B), eps=0.0)
    dx = layer_norm_backward(dy.mT, *saved)[0]
    assert float(dx.sum(-1).abs().max()) <= 1e-13 * max(size, 1)
    assert float((dx * y).sum(-1).abs().max()) <= 1e-13 * max(size, 1)


def test_with_eps_the_gradient_still_cannot_shift():
    x, dy = normal((3, 6, 4), seeded()), normal((3, 6, 4), seeded(1))
    (dx,) = plain_batch_norm_backward(dy, *plain_batch_norm(x, 0.5)[1])
    assert float(dx.sum(-2).abs().max()) <= 1e-14
    assert float((dx * x).sum(-2).abs().max()) > 1e-3


def test_a_bias_before_batch_norm_has_no_gradient():
    x, dy = normal((6, 4), seeded()), normal((6, 4), seeded(1))
    y, saved = plain_batch_norm(x)
    assert error(plain_batch_norm(x + 3)[0], y) <= 1e-14
    assert float(plain_batch_norm_backward(dy, *saved)[0].sum(-2).abs().max()) <= 1e-14


def test_the_order_of_the_batch_does_not_matter():
    x, dy, order = normal((7, 4), seeded()), normal((7, 4), seeded(1)), torch.tensor([3, 1, 0, 6, 2, 5, 4])
    y, saved = plain_batch_norm(x)
    permuted, permuted_saved = plain_batch_norm(x[order])
    assert error(permuted, y[order]) <= 1e-14
    found, expected = plain_batch_norm_backward(dy[order], *permuted_saved), plain_batch_norm_backward(dy, *saved)
    assert error(found[0], expected[0][order]) <= 1e-14


MISFITS = {  # x, gamma, beta
    "other features": ((4, 3), (2,), (3,)),
    "one gamma for all": ((4, 3), (1,), (3,)),
    "one beta for all": ((4, 3), (3,), (1,)),
    "parameters shared by the models": ((2, 4, 3), (3,), (3,)),
    "parameters per example": ((4, 3), (4, 3), (4, 3)),
}


@pytest.mark.parametrize("name", MISFITS)
def test_nothing_is_broadcast_silently(name):
    for norm in (layer_norm, batch_norm):
        with pytest.raises(ValueError, match=r"^x_models_and_features \(.*\) and (gamma|beta) \(.*\) must be equal$"):
            norm(*(torch.zeros(shape) for shape in MISFITS[name]))


def test_a_single_example_without_its_batch_is_refused():
    with pytest.raises(ValueError, match=r"\(\.\.\., B, I\), got \(3,\); one example is x\[None\]"):
        plain_batch_norm(torch.zeros(3))
    for norm in (layer_norm, batch_norm):
        with pytest.raises(ValueError, match="one example is"):
            norm(torch.zeros(3), torch.zeros(3), torch.zeros(3))
