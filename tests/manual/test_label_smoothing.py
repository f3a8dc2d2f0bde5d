"""Label smoothing over the other classes: beside the other convention, and at its ends."""

import math
import re

import pytest
import torch
from cross_entropy_oracle import REDUCTIONS, Y, Z, upstream
from oracles import INF, NAN, alone, tensor
from torch.nn import functional

from dlconcepts.manual.cross_entropy import cross_entropy
from dlconcepts.manual.label_smoothing import smoothed_cross_entropy, smoothed_cross_entropy_backward
from dlconcepts.rules.verify import error

every_reduction = pytest.mark.parametrize("reduction", REDUCTIONS)


def found(z, y, dloss=None, **constants):
    loss, saved = smoothed_cross_entropy(z, y, **constants)
    return loss, smoothed_cross_entropy_backward(upstream(loss) if dloss is None else dloss, *saved)[0]


def test_the_true_class_keeps_exactly_what_is_not_given_away():
    z = torch.zeros(1, 4, dtype=torch.float64)
    _, dz = found(z, torch.tensor([2]), tensor(1)[0], label_smoothing=0.3)
    assert dz[0].tolist() == pytest.approx([0.25 - 0.1, 0.25 - 0.1, 0.25 - 0.7, 0.25 - 0.1], abs=1e-16)
    loss, _ = found(z, torch.tensor([2]), label_smoothing=0.3)
    assert loss.item() == pytest.approx(math.log(4), rel=1e-15)


@every_reduction
@pytest.mark.parametrize("e", [0.0, 0.1, 0.75, 1.0])
def test_it_is_cross_entropy_with_the_shares_as_probabilities(e, reduction):
    shares = torch.full((5, 4), e / 3, dtype=torch.float64).scatter(-1, Y.unsqueeze(-1), 1 - e)
    dloss = upstream(functional.cross_entropy(Z, shares, reduction=reduction))
    expected = alone(lambda z: functional.cross_entropy(z, shares, reduction=reduction), Z, dloss)
    for ours, theirs in zip(found(Z, Y, label_smoothing=e, reduction=reduction), expected, strict=True):
        assert error(ours, theirs) <= 1e-14


@every_reduction
def test_the_other_convention_with_more_smoothing_is_the_same(reduction):
    loss, _ = found(Z, Y, label_smoothing=0.3, reduction=reduction)
    assert error(loss, cross_entropy(Z, Y, label_smoothing=0.4, reduction=reduction)[0]) <= 1e-15
    assert error(loss, cross_entropy(Z, Y, label_smoothing=0.3, reduction=reduction)[0]) > 1e-3


def test_without_smoothing_it_is_cross_entropy():
    assert error(found(Z, Y)[0], cross_entropy(Z, Y)[0]) <= 1e-15
    assert torch.equal(found(Z, Y)[0], found(Z, Y, label_smoothing=0.0, reduction="mean")[0])


@pytest.mark.parametrize(("e", "loss"), [(0.0, 0.0), (0.5, INF), (1.0, INF)])
def test_a_class_without_a_share_may_be_ruled_out(e, loss):
    value, dz = found(tensor([1, -INF]), torch.tensor([0]), tensor(1)[0], label_smoothing=e)
    assert value == loss
    assert dz.tolist() == [[e, -e]]
    assert found(tensor([-INF, 1]), torch.tensor([0]), label_smoothing=1.0)[0] == 0


def test_a_diverged_output_makes_the_loss_nan():
    losses, _ = found(tensor([1, NAN], [1, 2]), torch.tensor([0, 0]), reduction="none")
    assert losses.isnan().tolist() == [True, False]


def test_each_model_has_its_own_smoothing():
    z, y, e, dloss = torch.stack([Z, 2 * Z]), torch.stack([Y, Y.flip(0)]), tensor(0.0, 0.6), tensor(1, 2)
    loss, dz = found(z, y, dloss, label_smoothing=e)
    for m in range(2):
        own = found(z[m], y[m], dloss[m], label_smoothing=e[m].item())
        assert error(loss[m], own[0]) <= 1e-15
        assert error(dz[m], own[1]) <= 1e-15


def test_an_empty_batch_has_no_mean():
    z, y = torch.zeros(2, 0, 3), torch.zeros(2, 0, dtype=torch.int64)
    loss, dz = found(z, y, label_smoothing=0.1)
    assert loss.isnan().all()
    assert dz.shape == (2, 0, 3)


def test_what_does_not_fit_is_refused():
    for e in (-0.1, 1.1, NAN):
        with pytest.raises(ValueError, match=f"^label_smoothing must be from 0 to 1, got {e}$"):
            smoothed_cross_entropy(Z, Y, label_smoothing=e)
    with pytest.raises(ValueError, match=r"^smoothing over the other classes needs at least 2, got 1$"):
        smoothed_cross_entropy(Z[:, :1], 0 * Y)
    assert found(Z[:, :2], Y % 2, label_smoothing=0.1)[0].isfinite()
    with pytest.raises(ValueError, match=re.escape("z_models_and_batch (5,) and y (4,) must be equal")):
        smoothed_cross_entropy(Z, Y[:4])
    with pytest.raises(ValueError, match=r"^classes must be from 0 to 3, got 0 to 4$"):
        smoothed_cross_entropy(Z, torch.tensor([0, 4, 1, 1, 2]))
    with pytest.raises(ValueError, match=re.escape("(..., B, K), got (4,)")):
        smoothed_cross_entropy(Z[0], Y[0])
    with pytest.raises(ValueError, match="'average'"):
        smoothed_cross_entropy(Z, Y, reduction="average")
