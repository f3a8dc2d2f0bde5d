"""Adadelta by hand, and against the paper's formula in 50 digits; beside torch in test_optimizer."""

import mpmath
import pytest
import torch
from optimizer_paths import our_path

from dlconcepts.manual.adadelta import adadelta, adadelta_init

GRADIENTS = [0.3, -2.0, 0.0, 1e-3, 5.0, -0.7]


def one(value):
    return torch.tensor([value], dtype=torch.float64)


def paper_path(p, gradients, lr, rho, eps):
    with mpmath.workdps(50):
        p, lr, rho, eps = map(mpmath.mpf, (p, lr, rho, eps))
        v = u = mpmath.mpf(0)
        for g in map(mpmath.mpf, gradients):
            v = rho * v + (1 - rho) * g**2
            step = mpmath.sqrt(u + eps) / mpmath.sqrt(v + eps) * g
            u = rho * u + (1 - rho) * step**2
            p -= lr * step
            yield float(p)


@pytest.mark.parametrize(("lr", "rho", "eps"), [(1.0, 0.9, 1e-6), (0.5, 0.5, 0.1), (2.0, 0.0, 1.0)])
def test_the_path_is_the_papers_to_50_digits(lr, rho, eps):
    g = torch.tensor(GRADIENTS, dtype=torch.float64).unsqueeze(-1)
    path = our_path("adadelta", one(1.0), g, lr=lr, rho=rho, eps=eps).flatten().tolist()
    assert path == pytest.approx(list(paper_path(1.0, GRADIENTS, lr, rho, eps)), rel=1e-14, abs=1e-14)


def test_by_hand():
    """rho = 0: v is the last gradient's square, u the last step's."""
    p, state = adadelta(one(1.0), one(3.0), adadelta_init(one(1.0)), rho=0.0, eps=16.0)
    assert p.item() == pytest.approx(1 - 4 / 5 * 3, rel=1e-15)
    assert (state.v.item(), state.u.item()) == (9, pytest.approx(2.4**2, rel=1e-15))
    p, state = adadelta(p, one(0.0), state, rho=0.25, eps=16.0)
    assert p.item() == pytest.approx(-1.4, rel=1e-15)
    assert (state.v.item(), state.u.item()) == (2.25, pytest.approx(2.4**2 / 4, rel=1e-15))


def test_the_first_step_is_the_root_of_eps_whatever_the_gradient():
    for g in (1e3, 1e6):
        p, _ = adadelta(one(0.0), one(g), adadelta_init(one(0.0)))
        assert -p.item() == pytest.approx((1e-6 / 0.1) ** 0.5, rel=1e-6)


def test_a_weight_without_a_gradient_stays():
    p, _ = adadelta(one(2.0), one(0.0), adadelta_init(one(2.0)))
    assert p.item() == 2
