"""The hinge loss at the margin, with its own margin per model, and what it refuses."""

import re

import pytest
import torch
from oracles import INF, NAN, alone, tensor
from torch.nn import functional

from dlconcepts.manual.hinge import hinge, hinge_backward
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error

Y = torch.tensor([0, 1])


def test_by_hand():
    z, dloss = tensor([3, 1, 2.5, 0], [1, 0, -2, 0.5]), tensor(2, 8)
    losses, saved = hinge(z, Y, reduction="none")
    assert losses.tolist() == [0.5 / 4, (2 + 1.5) / 4]
    assert hinge_backward(dloss, *saved)[0].tolist() == [[-0.5, 0, 0.5, 0], [2, -4, 0, 2]]
    mean, saved = hinge(z, Y)
    assert mean == 4 / 8
    assert hinge_backward(tensor(8)[0], *saved)[0].tolist() == [[-1, 0, 1, 0], [1, -2, 0, 1]]
    total, saved = hinge(z, Y, reduction="sum")
    assert total == 4 / 4
    assert hinge_backward(tensor(8)[0], *saved)[0].tolist() == [[-2, 0, 2, 0], [2, -4, 0, 2]]


@pytest.mark.parametrize("margin", [0.5, 1.0, 2.0])
def test_at_the_margin_and_beside_it_the_slope_is_torchs(margin):
    at = tensor(margin)
    others = torch.stack([0 * at, at - torch.nextafter(at, at - 1), at - torch.nextafter(at, at + 1)], -1)
    z = torch.cat([tensor([margin]), others], -1).expand(2, 4).clone()
    y, dloss = torch.tensor([0, 0]), tensor(1.7)[0]
    expected, gradient = alone(lambda z: functional.multi_margin_loss(z, y, margin=margin), z, dloss)
    loss, saved = hinge(z, y, margin=margin)
    assert error(loss, expected) <= 1e-13
    assert error(hinge_backward(dloss, *saved)[0], gradient) <= 1e-13
    assert hinge_backward(dloss, *saved)[0][0, 1] == 0


@pytest.mark.parametrize("scale", [1e-300, 20, 1e4, 1e20])
def test_any_scale_is_torchs(scale):
    z, y, dloss = (
        scale * normal((5, 4), torch.Generator().manual_seed(1)),
        torch.tensor([0, 1, 2, 3, 3]),
        tensor(1.7)[0],
    )
    expected, gradient = alone(lambda z: functional.multi_margin_loss(z, y), z, dloss)
    loss, saved = hinge(z, y)
    assert error(loss, expected) <= 1e-13
    assert error(hinge_backward(dloss, *saved)[0], gradient) <= 1e-13


def test_infinite_scores_win_or_lose_without_nan():
    assert hinge(tensor([INF, 1], [0, -INF]), torch.tensor([0, 0]), reduction="none")[0].tolist() == [0, 0]
    assert hinge(tensor([1, INF], [-INF, 0]), torch.tensor([0, 0]), reduction="none")[0].tolist() == [INF, INF]


def test_nan_is_not_counted_as_zero_as_torch_does():
    z, y = tensor([NAN, 1, 0], [1, NAN, 0], [1, 2, 3]), torch.tensor([0, 0, 0])
    losses, _ = hinge(z, y, reduction="none")
    assert losses.isnan().tolist() == [True, True, False]
    assert functional.multi_margin_loss(z, y, reduction="none").isfinite().all(), torch.__version__


def test_a_single_class_has_nobody_to_lead():
    loss, saved = hinge(tensor([5], [7]), torch.tensor([0, 0]))
    assert loss == 0
    assert hinge_backward(tensor(1)[0], *saved)[0].tolist() == [[0], [0]]


def test_each_model_has_its_own_margin():
    z, y = tensor([[1, 0]], [[1, 0]]), torch.tensor([[0], [0]])
    loss, _ = hinge(z, y, margin=tensor(2, 4))
    assert loss.tolist() == [0.5, 1.5]
    assert hinge(z, y)[0].tolist() == hinge(z, y, margin=1.0)[0].tolist() == [0, 0]


def test_an_empty_batch_has_no_mean():
    z, y = torch.zeros(0, 3), torch.zeros(0, dtype=torch.int64)
    assert hinge(z, y)[0].isnan()
    assert hinge(z, y, reduction="sum")[0] == 0
    loss, saved = hinge(z, y, reduction="none")
    assert loss.shape == (0,)
    assert hinge_backward(loss, *saved)[0].shape == (0, 3)


def test_what_does_not_fit_is_refused():
    z = torch.zeros(2, 3)
    with pytest.raises(ValueError, match=re.escape("z_models_and_batch (2,) and y (3,) must be equal")):
        hinge(z, torch.tensor([0, 1, 2]))
    with pytest.raises(ValueError, match=r"^classes must be from 0 to 2, got 0 to 3$"):
        hinge(z, torch.tensor([0, 3]))
    with pytest.raises(ValueError, match=re.escape("expected an output (..., B, K), got (3,)")):
        hinge(z[0], torch.tensor(0))
    with pytest.raises(ValueError, match="'average'"):
        hinge(z, Y, reduction="average")
