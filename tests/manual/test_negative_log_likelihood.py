"""Negative log-likelihood: what counts, what is ignored, and that after a log-softmax it is cross-entropy."""

import re

import pytest
import torch
from cross_entropy_oracle import REDUCTIONS, WEIGHT, Y, Z, upstream
from oracles import INF, NAN, alone, tensor
from torch.nn import functional

from dlconcepts.manual.cross_entropy import cross_entropy, cross_entropy_backward
from dlconcepts.manual.negative_log_likelihood import negative_log_likelihood, negative_log_likelihood_backward
from dlconcepts.manual.softmax import log_softmax, log_softmax_backward
from dlconcepts.rules.verify import error

CONSTANTS = [
    *({}, {"weight": WEIGHT}, {"ignore_index": 1}, {"weight": WEIGHT, "ignore_index": 1}, {"ignore_index": -100}),
]
every_reduction = pytest.mark.parametrize("reduction", REDUCTIONS)


def found(logp, y, dloss=None, **constants):
    loss, saved = negative_log_likelihood(logp, y, **constants)
    return loss, negative_log_likelihood_backward(upstream(loss) if dloss is None else dloss, *saved)[0]


def assert_torchs(logp, y, **constants):
    dloss = upstream(functional.nll_loss(logp, y, **constants))
    expected = alone(lambda logp: functional.nll_loss(logp, y, **constants), logp, dloss)
    for ours, theirs in zip(found(logp, y, **constants), expected, strict=True):
        assert error(ours, theirs) <= 1e-15


def test_by_hand():
    logp, y = tensor([-1, -2], [-3, -5]), torch.tensor([1, 0])
    assert found(logp, y)[0] == 2.5
    assert found(logp, y, tensor(8)[0])[1].tolist() == [[0, -4], [-4, 0]]
    assert found(logp, y, weight=tensor(1, 3))[0] == (3 * 2 + 3) / 4
    assert found(logp, y, tensor(8)[0], weight=tensor(1, 3))[1].tolist() == [[0, -6], [-2, 0]]
    assert found(logp, y, reduction="sum")[0] == 5
    losses, dlogp = found(logp, y, tensor(1, 10), reduction="none")
    assert losses.tolist() == [2, 3]
    assert dlogp.tolist() == [[0, -1], [-10, 0]]


@every_reduction
@pytest.mark.parametrize("i", range(len(CONSTANTS)))
def test_every_combination_of_constants_is_torchs(i, reduction):
    assert_torchs(Z, Y, reduction=reduction, **CONSTANTS[i])
    assert_torchs(Z, torch.tensor([0, -100, 1, -100, 2]), reduction=reduction, **{**CONSTANTS[i], "ignore_index": -100})


@every_reduction
def test_after_a_log_softmax_it_is_cross_entropy(reduction):
    constants = {"weight": WEIGHT, "ignore_index": 1, "reduction": reduction}
    logp, saved = log_softmax(Z)
    loss, dlogp = found(logp, Y, **constants)
    expected, saved_whole = cross_entropy(Z, Y, **constants)
    assert error(loss, expected) <= 1e-15
    (whole,) = cross_entropy_backward(upstream(expected), *saved_whole)
    assert error(log_softmax_backward(dlogp, *saved)[0], whole) <= 1e-15


@every_reduction
def test_with_everything_ignored_the_mean_is_nan_and_nothing_is_learned(reduction):
    y = torch.full((5,), -1)
    assert_torchs(Z, y, ignore_index=-1, reduction=reduction)
    loss, dlogp = found(Z, y, ignore_index=-1, reduction=reduction)
    assert loss.isnan() if reduction == "mean" else not loss.any()
    assert not dlogp.any()


def test_what_is_ignored_or_not_asked_for_may_be_nan_or_infinite():
    logp = tensor([-1, -INF], [NAN, NAN])
    loss, dlogp = found(logp, torch.tensor([0, -1]), tensor(3)[0], ignore_index=-1)
    assert loss == 1
    assert dlogp.tolist() == [[-3, 0], [0, 0]]
    assert found(tensor([NAN, -1]), torch.tensor([0]))[0].isnan()
    assert found(tensor([-INF, -1]), torch.tensor([0]))[0] == INF


def test_targets_without_weight_have_no_mean():
    loss, _ = found(Z, torch.zeros_like(Y), weight=tensor(0, 1, 2, 3))
    assert loss.isnan()


def test_each_model_has_its_own_weights_and_a_shared_one_serves_all():
    logp, y = torch.stack([Z, 2 * Z]), torch.stack([Y, Y.flip(0)])
    weight = torch.stack([WEIGHT, 1 + WEIGHT**2])
    losses, dlogp = found(logp, y, tensor(1, 2), weight=weight)
    for m in range(2):
        one = found(logp[m], y[m], tensor(1, 2)[m], weight=weight[m])
        assert error(losses[m], one[0]) <= 1e-15
        assert error(dlogp[m], one[1]) <= 1e-15
    assert error(found(logp, y, weight=WEIGHT)[0], found(logp, y, weight=torch.stack([WEIGHT, WEIGHT]))[0]) == 0


def test_an_empty_batch_has_no_mean():
    logp, y = torch.zeros(2, 0, 3), torch.zeros(2, 0, dtype=torch.int64)
    loss, dlogp = found(logp, y)
    assert loss.isnan().tolist() == [True, True]
    assert dlogp.shape == (2, 0, 3)
    assert found(logp, y, reduction="sum")[0].tolist() == [0, 0]


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=re.escape("logp_models_and_batch (5,) and y (4,) must be equal")):
        negative_log_likelihood(Z, Y[:4])
    with pytest.raises(ValueError, match=r"^classes must be from 0 to 3, got -100 to 3$"):
        negative_log_likelihood(Z, torch.tensor([0, 3, 1, 1, -100]))
    with pytest.raises(ValueError, match=re.escape("expected an output (..., B, K), got (4,)")):
        negative_log_likelihood(Z[0], Y[0])
    with pytest.raises(TypeError, match=r"got torch\.int32"):
        negative_log_likelihood(Z, Y.int())
    with pytest.raises(ValueError, match=re.escape("weight must be (K,) = (4,) or (..., K) = (4,), got (5,)")):
        negative_log_likelihood(Z, Y, weight=torch.ones(5, dtype=torch.float64))
    with pytest.raises(ValueError, match="'average'"):
        negative_log_likelihood(Z, Y, reduction="average")
