"""SELU: its two constants from the equations that define them, its kink, its tail."""

import mpmath
import pytest
import torch
from oracles import INF, alone, relative_error, tensor, to_forty
from torch.nn import functional

from dlconcepts.manual.selu import ALPHA, SCALE, kinks, selu, selu_backward
from dlconcepts.rules.verify import error


def test_the_constants_solve_mean_0_and_variance_1():
    """The integrals of y and y^2 over the normal density, by parts: exp(k x) moves the density's middle to k."""
    with mpmath.workdps(50):
        e1, e2 = mpmath.sqrt(mpmath.e) * mpmath.ncdf(-1), mpmath.e**2 * mpmath.ncdf(-2)
        alpha = (1 / mpmath.sqrt(2 * mpmath.pi)) / (mpmath.mpf(1) / 2 - e1)
        scale = 1 / mpmath.sqrt(mpmath.mpf(1) / 2 + alpha**2 * (e2 - 2 * e1 + mpmath.mpf(1) / 2))
        assert float(alpha) == ALPHA
        assert float(scale) == SCALE


def test_a_deep_network_keeps_the_size_of_its_signals():
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(200, 400, generator=generator, dtype=torch.float64)
    for _ in range(20):
        W = torch.randn(400, 400, generator=generator, dtype=torch.float64) / 20
        x, _ = selu(x @ W)
    assert abs(x.mean()) < 0.1
    assert abs(x.var() - 1) < 0.2


def test_at_0_we_take_the_slope_of_the_left_side_as_torch_does():
    assert kinks == {"selu": {0.0: SCALE * ALPHA}}
    zero = tensor(0.0)[0]
    x = torch.stack([torch.nextafter(zero, zero - 1), zero, -zero, torch.nextafter(zero, zero + 1)])
    (dx,) = selu_backward(torch.ones_like(x), *selu(x)[1])
    assert dx.tolist() == pytest.approx([SCALE * ALPHA] * 3 + [SCALE], rel=1e-15)
    assert dx[1].item() == pytest.approx(1.7580993408473766, rel=1e-15)
    assert error(dx, alone(functional.selu, x, torch.ones_like(x))[1]) <= 1e-15


def test_autograd_through_our_own_forward_agrees_at_the_kink_and_far_out():
    x = tensor(-1000, -1, -0.0, 0.0, 1, 1000).requires_grad_()
    y, saved = selu(x)
    dy = tensor(1, 2, 3, 4, 5, 6)
    assert error(torch.autograd.grad(y, x, dy)[0], selu_backward(dy, *saved)[0].detach()) <= 1e-15


def test_every_digit_of_value_and_slope_is_right_in_the_tail_too():
    x = to_forty()
    y, saved = selu(x)
    (dx,) = selu_backward(torch.ones_like(x), *saved)
    scale, alpha = mpmath.mpf(SCALE), mpmath.mpf(ALPHA)
    assert relative_error(y, lambda x: scale * (x if x > 0 else alpha * mpmath.expm1(x)), x) <= 8
    assert relative_error(dx, lambda x: scale * (1 if x > 0 else alpha * mpmath.exp(x)), x) <= 8


def test_far_out_it_levels_off_or_goes_on():
    y, _ = selu(tensor(-INF, -1000, INF))
    assert y.tolist() == pytest.approx([-SCALE * ALPHA, -SCALE * ALPHA, INF], rel=1e-15)
