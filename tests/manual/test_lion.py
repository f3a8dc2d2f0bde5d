"""Lion by hand, against the paper's program in 50 digits, and what a sign would hide."""

import mpmath
import pytest
import torch
from optimizer_paths import our_path, recorded_gradients, start

from dlconcepts.manual.lion import lion, lion_init

GRADIENTS = [0.3, -2.0, 0.0, 1e-3, 5.0, -0.7]


def one(*values):
    return torch.tensor(values, dtype=torch.float64)


def paper_path(p, gradients, lr, beta1, beta2, weight_decay):
    with mpmath.workdps(50):
        p, lr, beta1, beta2, decay = map(mpmath.mpf, (p, lr, beta1, beta2, weight_decay))
        m = mpmath.mpf(0)
        for g in map(mpmath.mpf, gradients):
            update = mpmath.sign(beta1 * m + (1 - beta1) * g)
            p -= lr * (update + decay * p)
            m = beta2 * m + (1 - beta2) * g
            yield float(p)


@pytest.mark.parametrize("numbers", [(1e-4, 0.9, 0.99, 0.0), (0.1, 0.5, 0.9, 1.0), (0.1, 0.0, 0.0, 0.1)], ids=str)
def test_the_path_is_the_papers_to_50_digits(numbers):
    g = torch.tensor(GRADIENTS, dtype=torch.float64).unsqueeze(-1)
    names = ("lr", "beta1", "beta2", "weight_decay")
    path = our_path("lion", one(1.0), g, **dict(zip(names, numbers, strict=True))).flatten().tolist()
    assert path == pytest.approx(list(paper_path(1.0, GRADIENTS, *numbers)), rel=1e-14)


def test_by_hand():
    """A large gradient that turns round: the step still follows it, the mean remembers a hundredth of it."""
    p, state = lion(one(1.0), one(8.0), lion_init(one(1.0)), lr=0.25)
    assert (p.item(), state.m.item()) == (0.75, pytest.approx(0.08, rel=1e-14))
    p, state = lion(p, one(-0.5), state, lr=0.25)  # 0.9 * 0.08 - 0.1 * 0.5 = 0.022
    assert (p.item(), state.m.item()) == (0.5, pytest.approx(0.0742, rel=1e-12))
    p, _ = lion(p, one(-1.0), state, lr=0.25, weight_decay=2.0)  # 0.9 * 0.0742 - 0.1 = -0.033; first halved
    assert p.item() == 0.5


def test_the_default_values_are_the_papers():
    g, p = recorded_gradients()[:20], start(torch.float64)
    own = our_path("lion", p, g)
    assert torch.equal(own, our_path("lion", p, g, lr=1e-4, beta1=0.9, beta2=0.99, weight_decay=0.0))


def test_every_step_has_one_length_or_none():
    g, p = recorded_gradients(), start(torch.float64)
    path = torch.cat([p[None], our_path("lion", p, g, lr=2.0**-10)])
    lengths = (path[1:] - path[:-1]).abs() * 2**10
    assert set(lengths.round(decimals=9).unique().tolist()) == {0, 1}
    assert not lengths[:, 0].any()  # the coordinate that never had a gradient


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_a_gradient_that_is_no_number_is_not_hidden_by_its_sign(bad):
    p, state = lion(one(1, 1), one(bad, 1), lion_init(one(1, 1)), lr=0.5)
    assert p.isnan().tolist() == [True, False]
    assert not state.m[0].isfinite()
