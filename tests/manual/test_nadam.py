"""NAdam by hand, and against the paper's formula in 50 digits; beside torch in test_optimizer."""

import mpmath
import pytest
import torch
from optimizer_paths import our_path

from dlconcepts.manual.nadam import momentum_at, nadam, nadam_init

GRADIENTS = [0.3, -2.0, 0.0, 1e-3, 5.0, -0.7]


def one(value):
    return torch.tensor([value], dtype=torch.float64)


def paper_path(p, gradients, lr, beta1, beta2, eps, momentum_decay):
    with mpmath.workdps(50):
        p, lr, beta1, beta2, eps, decay = map(mpmath.mpf, (p, lr, beta1, beta2, eps, momentum_decay))
        m = v = mpmath.mpf(0)
        product = mpmath.mpf(1)

        def mu(t):
            return beta1 * (1 - mpmath.mpf(0.5) * mpmath.mpf(0.96) ** (t * decay))

        for t, g in enumerate(map(mpmath.mpf, gradients), 1):
            product *= mu(t)
            m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
            ahead = mu(t + 1) * m / (1 - product * mu(t + 1)) + (1 - mu(t)) * g / (1 - product)
            p -= lr * ahead / (mpmath.sqrt(v / (1 - beta2**t)) + eps)
            yield float(p)


@pytest.mark.parametrize(
    "numbers", [(2e-3, 0.9, 0.999, 1e-8, 4e-3), (0.1, 0.5, 0.9, 0.1, 1.0), (1.0, 0.0, 0.5, 1e-3, 0.0)], ids=str
)
def test_the_path_is_the_papers_to_50_digits(numbers):
    g = torch.tensor(GRADIENTS, dtype=torch.float64).unsqueeze(-1)
    names = ("lr", "beta1", "beta2", "eps", "momentum_decay")
    path = our_path("nadam", one(1.0), g, **dict(zip(names, numbers, strict=True))).flatten().tolist()
    assert path == pytest.approx(list(paper_path(1.0, GRADIENTS, *numbers)), rel=1e-13, abs=1e-13)


def test_the_momentum_climbs_from_half_of_beta1_to_beta1():
    assert momentum_at(0, 0.8, 1.0) == 0.4
    assert momentum_at(1, 0.8, 1.0) == pytest.approx(0.8 * 0.52, rel=1e-15)
    assert momentum_at(10**5, 0.8, 4e-3) == pytest.approx(0.8, abs=1e-6)
    assert momentum_at(7, 0.8, 0.0) == 0.4


def test_the_product_of_the_momenta_starts_at_1():
    state = nadam_init(one(1.0))
    assert (state.t, state.product.item()) == (0, 1)
    for t in (1, 2):
        _, state = nadam(one(1.0), one(1.0), state, momentum_decay=0.0)
        assert (state.t, state.product.item()) == (t, pytest.approx(0.45**t, rel=1e-15))
    assert state.m.item() == pytest.approx(0.19, rel=1e-15)
    assert state.v.item() == pytest.approx(1 - 0.999**2, rel=1e-12)
