"""Mish to the last digit on both sides of 0, and where it dips."""

import mpmath
import pytest
import torch
from oracles import INF, relative_error, tensor, to_forty

from dlconcepts.manual.mish import gate, mish, mish_backward


def truth(x):
    return x * mpmath.tanh(mpmath.log1p(mpmath.exp(x)))


def test_every_digit_is_right_in_the_tails_too():
    x = to_forty()
    assert relative_error(mish(x)[0], truth, x) <= 8


def test_the_gate_and_what_is_missing_to_1_are_right_to_the_last_digit():
    x = to_forty()
    t, missing = gate(x)
    assert relative_error(t, lambda x: mpmath.tanh(mpmath.log1p(mpmath.exp(x))), x) <= 8
    assert relative_error(missing, lambda x: 2 / (1 + (1 + mpmath.exp(x)) ** 2), x) <= 8


def test_the_slope_is_the_derivative_to_50_digits():
    x = to_forty()
    (dx,) = mish_backward(torch.ones_like(x), *mish(x)[1])
    with mpmath.workdps(50):
        exact = [float(mpmath.diff(truth, mpmath.mpf(v))) for v in x.tolist()]
    assert dx.tolist() == pytest.approx(exact, rel=1e-14, abs=1e-17)


def test_at_0_the_slope_is_three_fifths():
    y, saved = mish(tensor(0.0, -0.0))
    assert y.tolist() == [0, 0]
    assert mish_backward(tensor(1, 5), *saved)[0].tolist() == pytest.approx([0.6, 3], rel=1e-15)


def test_its_lowest_point_is_near_minus_one_point_two():
    x = torch.linspace(-1.3, -1.1, 2001, dtype=torch.float64)
    y, saved = mish(x)
    assert y.min().item() == pytest.approx(-0.30884, abs=1e-5)
    assert x[y.argmin()].item() == pytest.approx(-1.1924, abs=2e-4)
    (dx,) = mish_backward(torch.ones_like(x), *saved)
    assert (dx[0] < 0 < dx[-1]).item()


def test_nothing_overflows_and_without_a_limit_there_is_no_number():
    y, saved = mish(tensor(-1000, 1000, INF))
    assert y.tolist() == [0, 1000, INF]
    assert mish_backward(tensor(2, 2, 2), *saved)[0].tolist()[:2] == [0, 2]
    assert mish(tensor(-INF))[0].isnan()


def test_autograd_through_our_own_forward_agrees_at_0_too():
    x = tensor(-700, -1, -0.0, 0.0, 1, 700).requires_grad_()
    y, saved = mish(x)
    (dx,) = torch.autograd.grad(y, x, torch.ones_like(y))
    assert dx.tolist() == pytest.approx(mish_backward(torch.ones_like(y), *saved)[0].tolist(), rel=1e-14, abs=1e-300)
