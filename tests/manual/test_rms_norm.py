"""RMSNorm: what it keeps of layer norm, where its eps stands, what its gradient cannot do."""

import re

import mpmath
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import INF, NAN, alone, drawn, tensor
from torch.nn import functional

from dlconcepts.manual.normalization import layer_norm
from dlconcepts.manual.rms_norm import rms_norm, rms_norm_backward
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def ones(*shape):
    return torch.ones(shape, dtype=torch.float64)


def test_by_hand():
    y, (x, gamma, r) = rms_norm(tensor([1, 7], [3, -4]), tensor(5, 10), eps=0.0)
    assert y.tolist() == [pytest.approx([1, 14], rel=1e-15), pytest.approx([15 / 12.5**0.5, -40 / 12.5**0.5])]
    assert r.tolist() == [pytest.approx([0.2], rel=1e-15), pytest.approx([12.5**-0.5])]
    assert (x.shape, gamma.shape) == ((2, 2), (2,))


def test_eps_stands_inside_the_root():
    """At a mean square of 1/4 and eps 3/4 the root is 1; outside it, it would be 1.25."""
    assert rms_norm(tensor([0.5, -0.5]), ones(2), eps=0.75)[0].tolist() == [[0.5, -0.5]]


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
def test_by_itself_eps_is_the_precisions_own_rounding(dtype):
    x = torch.full((1, 4), 1e-9, dtype=dtype)
    y, _ = rms_norm(x, torch.ones(4, dtype=dtype))
    assert y[0, 0].item() == pytest.approx(1e-9 / (1e-18 + torch.finfo(dtype).eps) ** 0.5, rel=1e-6)
    assert error(y, functional.rms_norm(x, (4,))) <= 1e-15


def test_the_value_is_the_50_digit_one():
    x, gamma = normal((1, 5), seeded()), normal((5,), seeded(1))
    with mpmath.workdps(50):
        row = [mpmath.mpf(v) for v in x[0].tolist()]
        root = mpmath.sqrt(sum(v * v for v in row) / 5 + mpmath.mpf(0.1))
        exact = [float(mpmath.mpf(g) * v / root) for g, v in zip(gamma.tolist(), row, strict=True)]
    assert rms_norm(x, gamma, 0.1)[0][0].tolist() == pytest.approx(exact, rel=1e-15)


def test_on_rows_of_mean_0_it_is_layer_norm():
    x, gamma = normal((3, 4, 6), seeded()), normal((3, 6), seeded(1))
    x = x - x.mean(-1, keepdim=True)
    assert error(rms_norm(x, gamma, 1e-5)[0], layer_norm(x, gamma, torch.zeros_like(gamma), 1e-5)[0]) <= 1e-14
    assert error(rms_norm(x + 1, gamma, 1e-5)[0], rms_norm(x, gamma, 1e-5)[0]) > 0.1  # a shift counts here


@given(M=st.integers(1, 3), B=st.integers(1, 5), C=st.integers(1, 6), seed=st.integers(0, 999))
@drawn
def test_the_scale_of_an_example_does_not_matter_and_its_gradient_cannot_stretch_it(M, B, C, seed):
    x, dy = normal((M, B, C), seeded(seed)) + 0.1, normal((M, B, C), seeded(seed + 1))
    y, saved = rms_norm(x, ones(M, C), eps=0.0)
    dx, dgamma = rms_norm_backward(dy, *saved)
    assert error(y.square().mean(-1), ones(M, B)) <= 1e-14
    assert error(rms_norm(7 * x, ones(M, C), eps=0.0)[0], y) <= 1e-14
    assert float((dx * x).sum(-1).abs().max()) <= 1e-13 * float(1 + dx.abs().max() * x.abs().max())
    assert error(dgamma, (dy * y).sum(-2)) <= 1e-14


@pytest.mark.parametrize("value", [0.0, -0.0, 1e-300])
def test_an_example_of_zeros_stays_zeros_with_a_finite_gradient(value):
    x, dy = torch.full((2, 3), value, dtype=torch.float64), normal((2, 3), seeded())
    y, saved = rms_norm(x, 2 * ones(3), 1e-6)
    assert y.abs().max() <= 1e-290
    assert error(rms_norm_backward(dy, *saved)[0], 2000 * dy) <= 1e-12


@pytest.mark.parametrize("bad", [INF, NAN])
def test_a_nan_or_inf_spoils_its_own_row_alone(bad):
    x = normal((4, 5), seeded())
    x[1, 2] = bad
    y, _ = rms_norm(x, ones(5))
    assert y[1, 2].isnan()
    assert not y[[0, 2, 3]].isnan().any()


def test_models_of_a_stack_have_their_own_eps():
    x, gamma, eps, dy = normal((3, 4, 5), seeded()), normal((3, 5), seeded(1)), tensor(1e-5, 0.1, 2), ones(3, 4, 5)
    y, saved = rms_norm(x, gamma, eps)
    for m in range(3):
        expected, (dx, *_) = rms_norm(x[m], gamma[m], eps[m].item())[0], rms_norm_backward(dy, *saved)
        assert error(y[m], expected) <= 1e-15
        one = alone(lambda x, m=m: functional.rms_norm(x, (5,), gamma[m], eps[m].item()), x[m], dy[m])
        assert error(dx[m], one[1]) <= 1e-14


def test_an_empty_batch_stays_empty():
    y, saved = rms_norm(torch.zeros(2, 0, 3), torch.ones(2, 3))
    dx, dgamma = rms_norm_backward(y, *saved)
    assert y.shape == dx.shape == (2, 0, 3)
    assert dgamma.tolist() == [[0] * 3] * 2


@pytest.mark.parametrize(("x", "gamma"), [((4, 3), (2,)), ((4, 3), (1,)), ((2, 4, 3), (3,)), ((4, 3), (4, 3))])
def test_nothing_is_broadcast_silently(x, gamma):
    with pytest.raises(ValueError, match=r"^x_models_and_features \(.*\) and gamma \(.*\) must be equal$"):
        rms_norm(torch.zeros(x), torch.zeros(gamma))
    with pytest.raises(ValueError, match=re.escape("(..., B, I), got (3,)")):
        rms_norm(torch.zeros(3), torch.zeros(3))
