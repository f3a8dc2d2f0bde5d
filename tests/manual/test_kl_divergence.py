"""Kullback-Leibler divergence: what divides, what 0 log 0 is, and what it has to do with cross-entropy."""

import math
import re

import mpmath
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import INF, NAN, alone, drawn, tensor
from torch.nn import functional

from dlconcepts.manual.cross_entropy import cross_entropy
from dlconcepts.manual.kl_divergence import kl_divergence, kl_divergence_backward
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error

WORDS = ["mean", "sum", "none"]
every_word = pytest.mark.parametrize("reduction", WORDS)


def drawn_pair(*shape, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return normal(shape, generator).log_softmax(-1), (2 * normal(shape, generator)).softmax(-1)


def test_by_hand():
    logq, p = tensor([math.log(0.5), math.log(0.5)], [math.log(0.25), math.log(0.75)]), tensor([1, 0], [0.25, 0.75])
    losses, saved = kl_divergence(logq, p, "none")
    assert losses.tolist() == [[math.log(2), 0], [0, 0]]
    assert kl_divergence_backward(tensor([1, 2], [4, 8]), *saved)[0].tolist() == [[-1, 0], [-1, -6]]
    for word, loss, share in [("mean", math.log(2) / 2, 4), ("sum", math.log(2), 8)]:
        found, saved = kl_divergence(logq, p, word)
        assert found.item() == pytest.approx(loss, rel=1e-15)
        (dlogq,) = kl_divergence_backward(tensor(8)[0], *saved)
        assert dlogq.tolist() == [[-share, 0], [-share / 4, -share * 3 / 4]]


def test_by_itself_it_divides_by_the_batch():
    logq, p = drawn_pair(4, 3)
    assert torch.equal(kl_divergence(logq, p)[0], kl_divergence(logq, p, "mean")[0])


@every_word
@given(B=st.integers(1, 4), K=st.integers(1, 5), seed=st.integers(0, 999))
@drawn
def test_any_shape_is_torchs(reduction, B, K, seed):
    logq, p = drawn_pair(B, K, seed=seed)
    loss, saved = kl_divergence(logq, p, reduction)
    dloss = normal(tuple(loss.shape), torch.Generator().manual_seed(seed))
    word = {"mean": "batchmean"}.get(reduction, reduction)
    expected, gradient = alone(lambda logq: functional.kl_div(logq, p, reduction=word), logq, dloss)
    assert error(loss, expected) <= 1e-13
    assert error(kl_divergence_backward(dloss, *saved)[0], gradient) <= 1e-13


def test_it_is_cross_entropy_less_the_targets_entropy_and_never_negative():
    z, (_, p) = normal((2, 5, 4), torch.Generator().manual_seed(3)), drawn_pair(2, 5, 4)
    divergence, _ = kl_divergence(z.log_softmax(-1), p)
    entropy = -(p * p.log()).sum(-1).mean(-1)
    assert error(divergence, cross_entropy(z, p)[0] - entropy) <= 1e-14
    assert (divergence > 0).all()
    assert kl_divergence(p.log(), p)[0].abs().max() <= 1e-16


def test_the_value_is_the_50_digit_one():
    logq, p = drawn_pair(3, 4)
    with mpmath.workdps(50):
        terms = [
            mpmath.mpf(b) * (mpmath.log(mpmath.mpf(b)) - mpmath.mpf(a))
            for a, b in zip(logq.flatten().tolist(), p.flatten().tolist(), strict=True)
        ]
        assert kl_divergence(logq, p, "sum")[0].item() == pytest.approx(float(sum(terms)), rel=1e-14)


def test_what_cannot_be_costs_nothing_and_what_was_ruled_out_everything():
    losses, _ = kl_divergence(tensor([-3, -INF, -INF, NAN]), tensor([0, 0.5, 0, 0.5]), "none")
    assert losses[0, :2].tolist() == [0, INF]
    assert losses[0, 2:].isnan().all()
    assert functional.kl_div(tensor([-INF]), tensor([0]), reduction="sum").isnan()


@every_word
def test_an_empty_batch_has_no_mean(reduction):
    logq = torch.zeros(2, 0, 3)
    loss, saved = kl_divergence(logq, logq, reduction)
    assert kl_divergence_backward(torch.ones_like(loss), *saved)[0].shape == (2, 0, 3)
    assert loss.isnan().all() if reduction == "mean" else not loss.any()


def test_what_does_not_fit_is_refused():
    logq, p = drawn_pair(4, 3)
    with pytest.raises(ValueError, match=re.escape("logq (4, 3) and p (4, 1) must be equal")):
        kl_divergence(logq, p[:, :1])
    with pytest.raises(ValueError, match=re.escape("expected an output (..., B, K), got (3,)")):
        kl_divergence(logq[0], p[0])
    with pytest.raises(TypeError, match=r"^logq is torch.float64 and p torch.float32; convert: p.to\(logq.dtype\)$"):
        kl_divergence(logq, p.float())
    with pytest.raises(ValueError, match=r"^p must be probabilities from 0 to 1, got -0.5 to 1.5$"):
        kl_divergence(tensor([0, 0]), tensor([-0.5, 1.5]))
    with pytest.raises(ValueError, match="'average'"):
        kl_divergence(logq, p, "average")
