"""Focal loss: against torchvision, against 50 digits, at both ends, and what it is for gamma 0."""

import math
import re

import mpmath
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import EPS, FINITE, NAN, alone, drawn, tensor, tensors
from torch.nn import functional
from torchvision.ops import sigmoid_focal_loss

from dlconcepts.manual.focal import focal, focal_backward, missed, missed_backward
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error


def found(z, t, dloss, **constants):
    loss, saved = focal(z, t, **constants)
    return loss, focal_backward(dloss, *saved)[0]


def answers(*shape):
    return (torch.rand(shape, generator=torch.Generator().manual_seed(5)) < 0.4).double()


def test_by_hand():
    """At z = 0 both answers have probability 1/2."""
    z, t, ln2 = tensor([0, 0]), tensor([1, 0]), math.log(2)
    losses, dz = found(z, t, tensor([1, 1]), reduction="none")
    assert losses.tolist()[0] == pytest.approx([ln2 / 16, 3 * ln2 / 16], rel=1e-14)
    slope = (ln2 + 0.5) / 4  # (1/2)^2 (2 (1/2) ln 2 + 1/2)
    assert dz.tolist()[0] == pytest.approx([-slope / 4, 3 * slope / 4], rel=1e-14)
    assert found(z, t, tensor(1)[0])[0].item() == pytest.approx(ln2 / 8, rel=1e-14)
    assert found(z, t, tensor(1)[0], reduction="sum")[0].item() == pytest.approx(ln2 / 4, rel=1e-14)
    assert found(z, t, tensor(1)[0], gamma=1.0, alpha=None)[0].item() == pytest.approx(ln2 / 2, rel=1e-14)


@pytest.mark.parametrize(("gamma", "alpha"), [(2.0, 0.25), (0.5, 0.9), (5.0, None), (0.0, 0.0), (1.0, 1.0)])
@given(z=tensors(min_dims=2, max_dims=2, limit=30), reduction=st.sampled_from(["mean", "sum", "none"]))
@drawn
def test_any_tensor_gives_what_torchvision_gives(z, gamma, alpha, reduction):
    t = (torch.arange(z.numel()) % 3 == 0).double().view(z.shape)
    constants = {"gamma": gamma, "reduction": reduction}
    theirs = {**constants, "alpha": -1 if alpha is None else alpha}
    dloss = torch.linspace(0.5, 2, z.numel() if reduction == "none" else 1, dtype=torch.float64)
    dloss = dloss.view(z.shape if reduction == "none" else ())
    expected, gradient = alone(lambda z: sigmoid_focal_loss(z, t, **theirs), z, dloss)
    loss, dz = found(z, t, dloss, alpha=alpha, **constants)
    assert error(loss, expected) <= 1e-13
    if gamma >= 1 or gamma == 0:  # below, autograd divides by a power of 1 - p
        assert error(dz, gradient) <= 1e-13


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_cost_and_slope_of_an_answer_are_right_to_the_last_digits_on_both_sides(gamma):
    z = torch.linspace(-40, 40, 161, dtype=torch.float64)
    for ours, order in [(missed(z, gamma), 0), (missed_backward(z, gamma), 1)]:
        with mpmath.workdps(50):

            def truth(z):
                return (1 / (1 + mpmath.exp(z))) ** gamma * mpmath.log1p(mpmath.exp(-z))

            exact = [mpmath.diff(truth, mpmath.mpf(v), order) for v in z.tolist()]
            worst = max(abs(mpmath.mpf(a) / b - 1) for a, b in zip(ours.tolist(), exact, strict=True))
        assert worst <= 40 * EPS  # the power of a number below 1 multiplies its error by gamma, and by its logarithm


def test_for_gamma_0_and_equal_weights_it_is_binary_cross_entropy():
    z, t = 3 * normal((4, 3), torch.Generator().manual_seed(1)), torch.rand(4, 3, dtype=torch.float64)
    dloss = tensor(1.7)[0]
    expected, gradient = alone(lambda z: functional.binary_cross_entropy_with_logits(z, t), z, dloss)
    loss, dz = found(z, t, dloss, gamma=0.0, alpha=None)
    assert error(loss, expected) <= 1e-15
    assert error(dz, gradient) <= 1e-15


def test_an_easy_example_counts_little():
    sure, unsure = focal(tensor([3.0]), tensor([1]))[0], focal(tensor([0.0]), tensor([1]))[0]
    assert 500 < unsure / sure < 2000  # cross-entropy's ratio is 14


@pytest.mark.parametrize("t", [0.0, 1.0])
@pytest.mark.parametrize("z", FINITE, ids=str)
def test_far_out_value_and_gradient_stay_finite(z, t):
    loss, dz = found(tensor([z]), tensor([t]), tensor(1)[0], alpha=None)
    assert loss.item() == pytest.approx(0 if (z > 0) == (t == 1) and abs(z) > 20 else loss.item(), abs=1e-15)
    assert loss.isfinite().all()
    assert dz.isfinite().all()
    if abs(z) >= 100:
        assert dz.item() == pytest.approx(0 if (z > 0) == (t == 1) else 1 - 2 * t, abs=1e-15)


def test_each_model_has_its_own_numbers():
    z, t = normal((2, 3, 2), torch.Generator().manual_seed(1)), answers(2, 3, 2)
    gamma, alpha, dloss = tensor(0.5, 3), tensor(0.1, 0.8), tensor(1, 2)
    loss, dz = found(z, t, dloss, gamma=gamma, alpha=alpha)
    for m in range(2):
        own = found(z[m], t[m], dloss[m], gamma=gamma[m].item(), alpha=alpha[m].item())
        assert error(loss[m], own[0]) <= 1e-15
        assert error(dz[m], own[1]) <= 1e-15


def test_the_default_values_are_the_papers():
    z, t = normal((4, 3), torch.Generator().manual_seed(1)), answers(4, 3)
    assert torch.equal(focal(z, t)[0], focal(z, t, gamma=2.0, alpha=0.25, reduction="mean")[0])


@given(z=st.floats(-30, 30), gamma=st.floats(0, 5))
@drawn
def test_yes_and_no_are_mirror_images(z, gamma):
    yes, dyes = found(tensor([z]), tensor([1]), tensor(1)[0], gamma=gamma, alpha=None)
    no, dno = found(tensor([-z]), tensor([0]), tensor(1)[0], gamma=gamma, alpha=None)
    assert yes == no
    assert dyes == -dno


def test_what_does_not_fit_is_refused():
    z, t = torch.zeros(2, 3), torch.zeros(2, 3)
    with pytest.raises(ValueError, match=r"^gamma must be finite and at least 0, got -1.0$"):
        focal(z, t, gamma=-1.0)
    with pytest.raises(ValueError, match=r"^alpha must be from 0 to 1, got 1.5$"):
        focal(z, t, alpha=1.5)
    with pytest.raises(ValueError, match=r"^alpha must be from 0 to 1, got nan$"):
        focal(z, t, alpha=NAN)
    with pytest.raises(ValueError, match=r"^t must be probabilities from 0 to 1, got 0 to 2$"):
        focal(z, torch.tensor([[0.0, 1, 2]] * 2))
    with pytest.raises(ValueError, match=re.escape("z (2, 3) and t (3,) must be equal")):
        focal(z, t[0])
    with pytest.raises(TypeError, match=r"^z is torch.float32 and t torch.float64"):
        focal(z, t.double())
    with pytest.raises(ValueError, match=re.escape("(..., B, K), got (3,)")):
        focal(z[0], t[0])
    with pytest.raises(ValueError, match="'average'"):
        focal(z, t, reduction="average")
