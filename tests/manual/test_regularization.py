"""Penalties on weights: their values, their gradients as torch's optimizers apply them, and exact zeros."""

import re

import pytest
import torch
from sklearn.linear_model import ElasticNet
from torch.nn import functional

from dlconcepts.manual.regularization import (
    decoupled_weight_decay,
    elastic_net_penalty,
    elastic_net_penalty_backward,
    l1_penalty,
    l1_penalty_backward,
    l2_penalty,
    l2_penalty_backward,
    soft_threshold,
    weight_decay,
)
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error

inf, nan = float("inf"), float("nan")


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def doubles(*values):
    return torch.tensor(values, dtype=torch.float64)


def test_each_penalty_is_its_formula():
    W = doubles([3.0, -4.0], [0.0, 1.0])
    assert float(l1_penalty(W, 0.5)[0]) == 4.0  # .5 (3 + 4 + 0 + 1)
    assert float(l2_penalty(W, 0.5)[0]) == 6.5  # .25 (9 + 16 + 0 + 1)
    assert float(elastic_net_penalty(W, 2.0, 0.25)[0]) == 23.5  # 2 .25 8 + 2 .75 / 2 26
    assert float(elastic_net_penalty(W, 2.0, 1.0)[0]) == float(l1_penalty(W, 2.0)[0]) == 16.0
    assert float(elastic_net_penalty(W, 2.0, 0.0)[0]) == float(l2_penalty(W, 2.0)[0]) == 26.0


def test_the_pull_of_l1_is_the_same_at_every_size_and_none_at_zero():
    W = doubles(5.0, 1e-300, 0.0, -0.0, -1e-300, -5.0)
    (dW,) = l1_penalty_backward(doubles(2.0)[0], W, 0.5)
    assert dW.tolist() == [1, 1, 0, 0, -1, -1]
    (dW,) = elastic_net_penalty_backward(doubles(1.0)[0], W, 0.5, 0.5)
    assert dW.tolist() == [1.5, 0.25, 0, 0, -0.25, -1.5]


def test_the_pull_of_l2_grows_with_the_weight():
    (dW,) = l2_penalty_backward(doubles(2.0)[0], doubles(5.0, 0.0, -1e20, inf), 0.5)
    assert dW.tolist() == [5, 0, -1e20, inf]


def test_a_nan_weight_makes_the_penalty_nan():
    for penalty, numbers in [(l1_penalty, (0.1,)), (l2_penalty, (0.1,)), (elastic_net_penalty, (0.1, 0.5))]:
        assert penalty(doubles([nan, 1.0]), *numbers)[0].isnan()


@pytest.mark.parametrize("wd", [1.0, 0.01])
def test_l2_is_what_torch_calls_weight_decay(wd):
    p, dp = normal((4, 3), seeded()), normal((4, 3), seeded(1))
    (from_l2,) = l2_penalty_backward(doubles(1.0)[0], p, wd)
    theirs = torch.nn.Parameter(p.clone())
    theirs.grad = dp.clone()
    torch.optim.SGD([theirs], lr=0.1, weight_decay=wd).step()
    for decayed in (dp + from_l2, weight_decay(p, dp, wd)):
        assert error(p - 0.1 * decayed, theirs.detach()) <= 1e-15
    assert float(l2_penalty(doubles([1.0]), wd)[0]) == wd / 2


@pytest.mark.parametrize("wd", [1.0, 0.01])
def test_decoupled_decay_is_what_adamw_does_before_its_step(wd):
    """With a gradient of 0 Adam's step is 0 / (0 + eps), so only the decay is left."""
    p = normal((4, 3), seeded())
    theirs = torch.nn.Parameter(p.clone())
    theirs.grad = torch.zeros_like(p)
    torch.optim.AdamW([theirs], lr=0.3, weight_decay=wd).step()
    assert error(decoupled_weight_decay(p, 0.3, wd), theirs.detach()) <= 1e-15


def test_under_plain_gradient_descent_both_decays_are_the_same_step():
    p, dp = normal((4, 3), seeded()), normal((4, 3), seeded(1))
    coupled = p - 0.3 * weight_decay(p, dp, 0.2)
    assert error(decoupled_weight_decay(p, 0.3, 0.2) - 0.3 * dp, coupled) <= 1e-15


def test_each_model_has_its_own_number():
    W, b = normal((3, 4, 2), seeded()), normal((3, 2), seeded(1))
    lam, lr, ratio = doubles(0.0, 0.5, 2.0), doubles(0.1, 0.2, 0.3), doubles(0.0, 0.3, 1.0)
    for rank, w in [(2, W), (1, b)]:
        l1, saved1 = l1_penalty(w, lam, rank)
        l2, saved2 = l2_penalty(w, lam, rank)
        net, saved = elastic_net_penalty(w, lam, ratio, rank)
        upstream = doubles(1.0, -2.0, 3.0)
        dw1, dw2 = l1_penalty_backward(upstream, *saved1)[0], l2_penalty_backward(upstream, *saved2)[0]
        both = elastic_net_penalty_backward(upstream, *saved)[0]
        for m in range(3):
            lam_m, u = float(lam[m]), float(upstream[m])
            assert error(l1[m], lam_m * w[m].abs().sum()) <= 1e-15
            assert error(l2[m], lam_m / 2 * (w[m] ** 2).sum()) <= 1e-15
            assert error(net[m], ratio[m] * l1[m] + (1 - ratio[m]) * l2[m]) <= 1e-15
            assert error(dw1[m], u * lam_m * w[m].sign()) <= 1e-15
            assert error(dw2[m], u * lam_m * w[m]) <= 1e-15
            assert error(both[m], ratio[m] * dw1[m] + (1 - ratio[m]) * dw2[m]) <= 1e-15
            assert error(soft_threshold(w, lam)[m], soft_threshold(w[m], lam_m)) == 0
            assert error(weight_decay(w, 2 * w, lam)[m], (2 + lam_m) * w[m]) <= 1e-15
            assert error(decoupled_weight_decay(w, lr, lam)[m], (1 - float(lr[m]) * lam_m) * w[m]) <= 1e-15
            assert error(decoupled_weight_decay(w, lr, 0.5)[m], (1 - float(lr[m]) * 0.5) * w[m]) <= 1e-15


def test_the_rank_says_which_dimensions_are_one_models_own():
    kernels = normal((2, 3, 4, 2, 2), seeded())
    assert l1_penalty(kernels, 1.0, 4)[0].shape == (2,)
    assert error(l1_penalty(kernels, 1.0, 4)[0], l1_penalty(kernels.flatten(-3), 1.0)[0]) <= 1e-15
    assert l2_penalty(kernels, 1.0, 1)[0].shape == (2, 3, 4, 2)
    assert l2_penalty(kernels, 1.0, 5)[0].shape == ()
    for rank in (0, 6, -1):
        message = f"rank {rank} must be from 1 to the weights' 5 dimensions (2, 3, 4, 2, 2)"
        for penalty, numbers in [(l1_penalty, (1.0,)), (l2_penalty, (1.0,)), (elastic_net_penalty, (1.0, 0.5))]:
            with pytest.raises(ValueError, match=re.escape(message)):
                penalty(kernels, *numbers, rank)


def test_weights_where_the_penalized_slope_is_zero_are_the_ones_scikit_learn_finds():
    """Least squares with the elastic net: at the minimum the two gradients cancel in every weight that is not 0."""
    x, y = normal((40, 6), seeded()), normal((40, 1), seeded(1))
    y = y + x[:, :1] - 0.5 * x[:, 1:2]
    found = ElasticNet(alpha=0.2, l1_ratio=0.4, fit_intercept=False, tol=1e-14, max_iter=100_000).fit(x, y[:, 0])
    W = torch.from_numpy(found.coef_).unsqueeze(-1)
    slope = x.mT @ (x @ W - y) / 40 + elastic_net_penalty_backward(doubles(1.0)[0], W, 0.2, 0.4)[0]
    assert 0 < int((W == 0).sum()) < 6
    assert float(slope[W != 0].abs().max()) <= 1e-9  # measured: scikit-learn stops at its own tolerance
    assert float(slope[W == 0].abs().max()) <= 0.2 * 0.4  # |slope of the squares| below the kink's


THRESHOLDED = doubles(3.0, 0.5, 0.5000000000000001, 0.49999999999999994, 0.0, -0.0, -0.25, -2.0, 1e20, inf, -inf, nan)


def test_soft_threshold_shrinks_by_the_threshold_and_reaches_zero_exactly():
    found = soft_threshold(THRESHOLDED, 0.5)
    assert error(found, functional.softshrink(THRESHOLDED, 0.5)) == 0
    assert found[:1].tolist() == [2.5]
    assert found[[1, 3, 4, 5, 6]].tolist() == [0] * 5
    assert error(soft_threshold(THRESHOLDED, 0.0), THRESHOLDED) == 0


def test_soft_threshold_is_the_best_compromise_between_staying_and_paying():
    W, lam, w = doubles(2.0, 0.3, -1.0), 0.7, torch.linspace(-3, 3, 6001, dtype=torch.float64)
    cost = (w - W.unsqueeze(-1)).square() / 2 + lam * w.abs()
    assert error(soft_threshold(W, lam), w[cost.argmin(-1)]) <= 1e-3  # the grid's step


BAD = [-0.1, -1e-300, -inf, nan]


@pytest.mark.parametrize("bad", [*BAD, doubles(0.1, -0.1)], ids=["negative", "tiny", "-inf", "nan", "one model's"])
def test_negative_numbers_are_refused_by_name(bad):
    W, given = torch.ones(2, 3, 3), re.escape(str(bad))
    refuse = {
        "lam": [lambda: l1_penalty(W, bad), lambda: l2_penalty(W, bad)],
        "alpha": [lambda: elastic_net_penalty(W, bad, 0.5)],
        "l1_ratio": [lambda: elastic_net_penalty(W, 0.5, bad)],
        "threshold": [lambda: soft_threshold(W, bad)],
        "wd": [lambda: weight_decay(W, W, bad), lambda: decoupled_weight_decay(W, 0.1, bad)],
        "lr": [lambda: decoupled_weight_decay(W, bad, 0.1)],
    }
    for name, calls in refuse.items():
        for call in calls:
            with pytest.raises(ValueError, match=f"^{name} must be at least 0, got {given}$"):
                call()


def test_an_l1_ratio_above_one_and_shapes_that_do_not_fit_are_refused():
    W = torch.ones(2, 3, 3)
    with pytest.raises(ValueError, match=r"^1 - l1_ratio must be at least 0, got -0\.5$"):
        elastic_net_penalty(W, 0.5, 1.5)
    with pytest.raises(ValueError, match=r"p \(2, 3, 3\) and dp \(3, 3\) must be equal"):
        weight_decay(W, W[0], 0.1)
    with pytest.raises(ValueError, match=r"models \(3,\) and leading \(2,\) must be equal"):
        l1_penalty(W, torch.ones(3))
    with pytest.raises(TypeError, match=r"int64.*\.float\(\)"):
        soft_threshold(torch.ones(2, dtype=torch.int64), 0.1)
