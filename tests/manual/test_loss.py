"""Losses for numbers: at their kinks, with outliers, and what torch would broadcast; and the table of all losses."""

import re

import pytest
import torch
from hypothesis import given
from oracles import FINITE, INF, NAN, alone, drawn, tensor, tensors
from torch.nn import functional

from dlconcepts.manual.loss import huber, mean_absolute_error, mean_squared_error
from dlconcepts.rules.loss import rules
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error

TORCHS = {
    "mean squared error": functional.mse_loss,
    "mean absolute error": functional.l1_loss,
    "huber": functional.huber_loss,
}
every = pytest.mark.parametrize("name", TORCHS)
every_reduction = pytest.mark.parametrize("reduction", ["mean", "sum", "none"])


def found(name, z, t, dloss, **constants):
    """Our loss and gradient."""
    loss, saved = rules[name].forward(z, t, **constants)
    return loss, rules[name].backward(dloss, *saved)[0]


def test_a_network_finds_every_loss_in_one_table():
    assert set(rules) == {
        *("mean squared error", "mean absolute error", "huber", "hinge", "cross-entropy"),
        *("binary cross-entropy", "binary cross-entropy on logits", "focal loss"),
        *("negative log-likelihood", "KL divergence", "smoothed cross-entropy"),
    }


@pytest.mark.parametrize(
    ("name", "losses", "slopes"),
    [
        ("mean squared error", [[0, 9], [16, 0.25]], [[0, 6], [-8, 1]]),
        ("mean absolute error", [[0, 3], [4, 0.5]], [[0, 1], [-1, 1]]),
        ("huber", [[0, 2.5], [3.5, 0.125]], [[0, 1], [-1, 0.5]]),
    ],
)
def test_by_hand(name, losses, slopes):
    z, t = tensor([1, 2], [3, 4.5]), tensor([1, -1], [7, 4])
    losses, slopes = tensor(*losses), tensor(*slopes)
    one, each = tensor(3.0)[0], tensor([1, 2], [3, 4])
    for constants, dloss, loss, dz in [
        ({}, one, losses.sum() / 4, 3 * slopes / 4),
        ({"reduction": "mean"}, one, losses.sum() / 4, 3 * slopes / 4),
        ({"reduction": "sum"}, one, losses.sum(), 3 * slopes),
        ({"reduction": "none"}, each, losses, each * slopes),
    ]:
        our_loss, our_dz = found(name, z, t, dloss, **constants)
        assert error(our_loss, loss) <= 1e-15
        assert error(our_dz, dz) <= 1e-15


@every
@every_reduction
@given(d=tensors(min_dims=2, max_dims=2))
@drawn
def test_any_tensor_in_any_layout_gives_what_torch_gives(name, reduction, d):
    t = torch.linspace(-1, 1, d.numel(), dtype=torch.float64).view(d.shape)
    dloss = torch.linspace(0.5, 2, d.numel() if reduction == "none" else 1, dtype=torch.float64)
    dloss = dloss.view(d.shape if reduction == "none" else ())
    expected, gradient = alone(lambda z: TORCHS[name](z, t, reduction=reduction), d, dloss)
    loss, dz = found(name, d, t, dloss, reduction=reduction)
    assert error(loss, expected) <= 1e-13
    assert error(dz, gradient) <= 1e-13


@every
@pytest.mark.parametrize("d", [*FINITE, INF, -INF], ids=str)
def test_an_outlier_costs_what_it_costs_in_torch(name, d):
    z, t, dloss = tensor([d]), tensor([0]), tensor(1.7)[0]
    expected, gradient = alone(lambda z: TORCHS[name](z, t), z, dloss)
    loss, dz = found(name, z, t, dloss)
    assert error(loss, expected) <= 1e-13
    assert error(dz, gradient) <= 1e-13


@every
def test_a_diverged_output_makes_the_loss_nan(name):
    assert found(name, tensor([1, NAN]), tensor([0, 0]), tensor(1)[0])[0].isnan()


def test_without_a_difference_the_absolute_error_pushes_nowhere():
    _, dz = found("mean absolute error", tensor([1, -0.0, 0.0]), tensor([1, 0.0, -0.0]), tensor(1)[0])
    assert dz.tolist() == [[0, 0, 0]]


@pytest.mark.parametrize("delta", [0.5, 1.0, 2.5])
def test_at_the_distance_delta_and_beside_it_huber_is_torchs(delta):
    at = tensor(delta)
    d = torch.cat([torch.nextafter(at, at - 1), at, torch.nextafter(at, at + 1)])
    d = torch.stack([d, -d])
    expected, gradient = alone(
        lambda z: functional.huber_loss(z, 0 * z.detach(), delta=delta, reduction="sum"), d, tensor(1.7)[0]
    )
    loss, dz = found("huber", d, 0 * d, tensor(1.7)[0], delta=delta, reduction="sum")
    assert error(loss, expected) <= 1e-13
    assert error(dz, gradient) <= 1e-13
    assert dz[:, 1].tolist() == pytest.approx([1.7 * delta, -1.7 * delta], rel=1e-15)


def test_huber_is_delta_times_torchs_smooth_l1():
    z, t = normal((4, 3), torch.Generator().manual_seed(1)), torch.zeros(4, 3, dtype=torch.float64)
    assert error(huber(z, t, delta=0.3)[0], 0.3 * functional.smooth_l1_loss(z, t, beta=0.3)) <= 1e-15
    assert torch.equal(huber(z, t)[0], huber(z, t, delta=1.0)[0])


def test_each_model_has_its_own_delta():
    z, t = tensor([[4.0]], [[4.0]]), tensor([[0.0]], [[0.0]])
    loss, saved = huber(z, t, delta=tensor(1, 2))
    assert loss.tolist() == [3.5, 6]
    assert rules["huber"].backward(tensor(1, 1), *saved)[0].view(-1).tolist() == [1, 2]


@pytest.mark.parametrize("delta", [0.0, -1.0, NAN], ids=str)
def test_a_delta_that_is_not_positive_is_refused(delta):
    with pytest.raises(ValueError, match=f"^delta must be positive, got {delta}$"):
        huber(tensor([1]), tensor([1]), delta=delta)


@every
def test_shapes_that_torch_would_broadcast_are_refused(name):
    with pytest.raises(ValueError, match=re.escape("z (3, 1) and t (3,) must be equal")):
        rules[name].forward(torch.zeros(3, 1), torch.zeros(3))
    with pytest.raises(ValueError, match=re.escape("z (2, 3, 1) and t (3, 1) must be equal")):
        rules[name].forward(torch.zeros(2, 3, 1), torch.zeros(3, 1))
    with pytest.raises(ValueError, match=re.escape("expected an output (..., B, K), got (3,)")):
        rules[name].forward(torch.zeros(3), torch.zeros(3))


@every
def test_two_precisions_are_refused(name):
    with pytest.raises(TypeError, match=r"^z is torch\.float32 and t torch\.float64; convert: t\.to\(z\.dtype\)$"):
        rules[name].forward(torch.zeros(3, 1), tensor([0], [0], [0]))


@every
def test_other_reductions_are_refused(name):
    with pytest.raises(ValueError, match="'average'"):
        rules[name].forward(tensor([1]), tensor([1]), reduction="average")


@every
def test_an_empty_batch_has_no_mean(name):
    z, t = torch.zeros(2, 0, 3), torch.zeros(2, 0, 3)
    loss, dz = found(name, z, t, torch.ones(2))
    assert loss.isnan().tolist() == [True, True]
    assert dz.shape == (2, 0, 3)
    assert found(name, z, t, torch.ones(2), reduction="sum")[0].tolist() == [0, 0]
    assert found(name, z, t, t, reduction="none")[0].shape == (2, 0, 3)


def test_the_order_of_the_examples_does_not_matter():
    z, t = normal((2, 5, 3), torch.Generator().manual_seed(1)), normal((2, 5, 3), torch.Generator().manual_seed(2))
    for loss in (mean_squared_error, mean_absolute_error, huber):
        assert error(loss(z.flip(-2), t.flip(-2))[0], loss(z, t)[0]) <= 1e-15
