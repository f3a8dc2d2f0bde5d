"""RAdam by hand: when it begins to adapt; and against the paper's formula in 50 digits."""

import mpmath
import pytest
import torch
from optimizer_paths import our_path

from dlconcepts.manual.radam import radam, radam_init, rectifier, rectifiers

GRADIENTS = [0.3, -2.0, 0.0, 1e-3, 5.0, -0.7, 0.5, 0.2, -1.0, 2.0]


def one(value):
    return torch.tensor([value], dtype=torch.float64)


def exact_rectifier(beta2, t):
    most = 2 / (1 - beta2) - 1
    length = most - 2 * t * beta2**t / (1 - beta2**t)
    if length <= 5:
        return mpmath.mpf(0)
    return mpmath.sqrt((length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length))


def paper_path(p, gradients, lr, beta1, beta2, eps):
    with mpmath.workdps(50):
        p, lr, beta1, beta2, eps = map(mpmath.mpf, (p, lr, beta1, beta2, eps))
        m = v = mpmath.mpf(0)
        for t, g in enumerate(map(mpmath.mpf, gradients), 1):
            m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
            r, step = exact_rectifier(beta2, t), lr * m / (1 - beta1**t)
            p -= step * r * mpmath.sqrt(1 - beta2**t) / (mpmath.sqrt(v) + eps) if r else step
            yield float(p)


@pytest.mark.parametrize("numbers", [(1e-2, 0.9, 0.999, 1e-8), (0.1, 0.5, 0.9, 0.1), (0.1, 0.0, 0.5, 1e-3)], ids=str)
def test_the_path_is_the_papers_to_50_digits(numbers):
    g = torch.tensor(GRADIENTS, dtype=torch.float64).unsqueeze(-1)
    names = ("lr", "beta1", "beta2", "eps")
    path = our_path("radam", one(1.0), g, **dict(zip(names, numbers, strict=True))).flatten().tolist()
    # 1e-10: the length is the small difference of two numbers around 2,000, in torch as well
    assert path == pytest.approx(list(paper_path(1.0, GRADIENTS, *numbers)), rel=1e-10)


def test_it_begins_to_adapt_at_the_sixth_step_and_is_adam_in_the_end():
    assert [rectifier(0.999, t) > 0 for t in range(1, 8)] == [False] * 5 + [True] * 2
    assert rectifier(0.999, 10**6) == pytest.approx(1, rel=1e-12)
    assert 0 < rectifier(0.999, 6) < 0.03
    with mpmath.workdps(50):
        for t in (6, 7, 10, 100, 1000):
            assert rectifier(0.999, t) == pytest.approx(float(exact_rectifier(mpmath.mpf(0.999), t)), rel=1e-10)


@pytest.mark.parametrize(("beta2", "ever"), [(0.5, False), (2 / 3, False), (0.7, True), (0.0, False)])
def test_with_too_short_a_memory_it_never_adapts(beta2, ever):
    assert (rectifier(beta2, 1000) > 0) == ever


def test_each_model_has_its_own_rectifier():
    beta2 = torch.tensor([[0.999, 0.9], [0.5, 0.99]], dtype=torch.float64)
    found = rectifiers(beta2, 7)
    assert (found.shape, found.dtype) == ((2, 2), torch.float64)
    assert found.flatten().tolist() == [rectifier(b, 7) for b in beta2.flatten().tolist()]
    assert rectifiers(0.9, 7) == rectifier(0.9, 7)


def test_before_it_adapts_it_is_momentum_and_the_gradients_size_counts():
    for g in (1.0, 1e-3):
        p, state = radam(one(0.0), one(g), radam_init(one(0.0)), lr=0.1, beta1=0.0)
        assert p.item() == pytest.approx(-0.1 * g, rel=1e-14)
        assert state.t == 1
        assert state.highest is state.v
