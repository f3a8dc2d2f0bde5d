"""Yes-or-no losses: where the probability is 0 or 1, where the logit is huge, and the weight of a yes."""

import math
import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import INF, NAN, alone, drawn, tensor, tensors
from torch.nn import functional

from dlconcepts.manual.binary_cross_entropy import (
    binary_cross_entropy,
    binary_cross_entropy_backward,
    binary_cross_entropy_on_logits,
    binary_cross_entropy_on_logits_backward,
)
from dlconcepts.rules.binary_cross_entropy import rules
from dlconcepts.rules.verify import error

SATURATED = 1e-8  # relative: torch's 1e-12 is a float32 number even for float64, 4e-9 off
both = pytest.mark.parametrize("name", rules)
one = torch.tensor(1.7, dtype=torch.float64)


def torch_bce(p, t, dloss=one, **constants):
    return alone(lambda p: functional.binary_cross_entropy(p, t, **constants), p, dloss)


def torch_logits(z, t, dloss=one, **constants):
    return alone(lambda z: functional.binary_cross_entropy_with_logits(z, t, **constants), z, dloss)


def test_a_certain_mistake_costs_a_hundred_and_no_more():
    losses, _ = binary_cross_entropy(tensor([0, 1, 1e-50, 0, 1]), tensor([1, 0, 1, 0, 1]), reduction="none")
    assert losses.tolist() == [[100, 100, 100, 0, 0]]


def test_at_a_certain_mistake_the_gradient_is_1e12_and_not_zero():
    p, t = tensor([0, 1, 0, 1, 0.5]), tensor([1, 0, 0, 1, 0.25])
    _, saved = binary_cross_entropy(p, t, reduction="sum")
    (dp,) = binary_cross_entropy_backward(tensor(1)[0], *saved)
    assert dp.tolist() == [[-1e12, 1e12, 0, 0, 1]]


@pytest.mark.parametrize("p", [0.0, 1.0, 1e-300, 1e-50, 1e-13, 1 - 1e-13, 1 - 2**-53])
@pytest.mark.parametrize("t", [0.0, 1.0, 0.3])
def test_saturated_the_gradient_is_torchs_but_for_its_float32_constant(p, t):
    p, t = tensor([p]), tensor([t])
    expected, gradient = torch_bce(p, t)
    loss, saved = binary_cross_entropy(p, t)
    assert error(loss, expected) <= 1e-13
    torch.testing.assert_close(binary_cross_entropy_backward(one, *saved)[0], gradient, rtol=SATURATED, atol=0)


@pytest.mark.parametrize("p", [2e-12, 1e-6, 0.1, 0.9, 1 - 1e-6])
def test_not_quite_saturated_every_digit_is_torchs(p):
    p, t = tensor([p, p, p]), tensor([0, 1, 0.3])
    expected, gradient = torch_bce(p, t)
    loss, saved = binary_cross_entropy(p, t)
    assert error(loss, expected) <= 1e-13
    assert error(binary_cross_entropy_backward(one, *saved)[0], gradient) <= 1e-13


def test_near_zero_the_logarithm_of_the_rest_keeps_its_digits():
    assert binary_cross_entropy(tensor([1e-20]), tensor([0]))[0] == 1e-20


def test_by_hand():
    p, t = tensor([0.5, 0.25], [0.75, 0.5]), tensor([1, 0], [1, 0.5])
    losses = -tensor([0.5, 0.75], [0.75, 0.5]).log()
    slopes = tensor([-2, 4 / 3], [-4 / 3, 0])
    for reduction, dloss, loss, dp in [
        ("mean", one, losses.mean(), one * slopes / 4),
        ("sum", one, losses.sum(), one * slopes),
        ("none", p, losses, p * slopes),
    ]:
        found, saved = binary_cross_entropy(p, t, reduction=reduction)
        assert error(found, loss) <= 1e-15
        assert error(binary_cross_entropy_backward(dloss, *saved)[0], dp) <= 1e-15
    assert binary_cross_entropy(p, t)[0] == losses.mean()


@pytest.mark.parametrize("value", [NAN, INF, -INF], ids=str)
def test_a_diverged_model_makes_its_own_loss_nan_where_torch_would_stop(value):
    p, t = tensor([[0.5]], [[value]]), tensor([[1]], [[1]])
    assert binary_cross_entropy(p, t)[0].isnan().tolist() == [False, True]


@pytest.mark.parametrize("value", [1.5, -0.1])
def test_what_is_no_probability_is_refused(value):
    good, bad = tensor([0.5]), tensor([value])
    with pytest.raises(ValueError, match=f"^p must be probabilities from 0 to 1, got {value} to {value}$"):
        binary_cross_entropy(bad, good)
    with pytest.raises(ValueError, match=f"^t must be probabilities from 0 to 1, got {value} to {value}$"):
        binary_cross_entropy(good, bad)
    with pytest.raises(ValueError, match=f"^t must be probabilities from 0 to 1, got {value} to {value}$"):
        binary_cross_entropy_on_logits(good, bad)


def test_a_thousand_is_no_problem_for_logits():
    z, t = tensor([1000, -1000, 1000, -1000]), tensor([0, 1, 1, 0])
    losses, saved = binary_cross_entropy_on_logits(z, t, reduction="none")
    assert losses.tolist() == [[1000, 1000, 0, 0]]
    (dz,) = binary_cross_entropy_on_logits_backward(torch.ones_like(z), *saved)
    assert dz.tolist() == [[1, -1, 0, 0]]


@pytest.mark.parametrize("z", [0.0, -0.0, 1e-300, 20.0, -20.0, 100.0, -100.0, 1e4, -1e4, 1e20, -1e20, INF], ids=str)
@pytest.mark.parametrize("t", [0.0, 1.0, 0.3])
@pytest.mark.parametrize("weight", [None, 0.25, 1.0, 3.0], ids=str)
def test_any_logit_gives_what_torch_gives(z, t, weight):
    z, t, weight = tensor([z]), tensor([t]), None if weight is None else tensor(weight)
    expected, gradient = torch_logits(z, t, pos_weight=weight)
    loss, saved = binary_cross_entropy_on_logits(z, t, pos_weight=weight)
    assert error(loss, expected) <= 1e-13
    assert error(binary_cross_entropy_on_logits_backward(one, *saved)[0], gradient) <= 1e-13


@pytest.mark.parametrize("t", [1.0, 0.3])
def test_to_be_infinitely_wrong_costs_infinitely_much_where_torchs_loss_is_nan(t):
    z, t = tensor([-INF]), tensor([t])
    loss, saved = binary_cross_entropy_on_logits(z, t)
    assert loss.item() == INF
    expected, gradient = torch_logits(z, t)
    assert expected.isnan()
    assert error(binary_cross_entropy_on_logits_backward(one, *saved)[0], gradient) <= 1e-13


def test_an_infinite_logit_has_no_loss_but_nothing_left_to_learn():
    loss, saved = binary_cross_entropy_on_logits(tensor([INF]), tensor([1]))
    assert loss.isnan()
    assert binary_cross_entropy_on_logits_backward(one, *saved)[0].item() == 0


def test_the_weight_counts_a_yes_and_the_mean_still_divides_by_all():
    z, t = tensor([0, 0], [0, 0]), tensor([1, 0], [1, 1])
    loss, saved = binary_cross_entropy_on_logits(z, t, pos_weight=tensor(3, 5))
    assert loss.item() == pytest.approx((3 + 1 + 3 + 5) / 4 * math.log(2), rel=1e-15)
    (dz,) = binary_cross_entropy_on_logits_backward(tensor(4)[0], *saved)
    assert dz.tolist() == [[-1.5, 0.5], [-1.5, -2.5]]


def test_weights_are_shared_or_one_per_model():
    z, t = torch.zeros(2, 3, 2, dtype=torch.float64), torch.ones(2, 3, 2, dtype=torch.float64)
    shared, _ = binary_cross_entropy_on_logits(z, t, pos_weight=tensor(1, 3))
    own, _ = binary_cross_entropy_on_logits(z, t, pos_weight=tensor([1, 3], [2, 6]))
    assert (shared / math.log(2)).tolist() == pytest.approx([2, 2])
    assert (own / math.log(2)).tolist() == pytest.approx([2, 4])
    with pytest.raises(ValueError, match=re.escape("pos_weight must be (K,) = (2,) or (..., K) = (2, 2), got (3,)")):
        binary_cross_entropy_on_logits(z, t, pos_weight=tensor(1, 2, 3))


@given(z=tensors(min_dims=2, max_dims=2), reduction=st.sampled_from(["mean", "sum", "none"]), data=st.data())
@drawn
def test_any_tensor_in_any_layout_gives_what_torch_gives(z, reduction, data):
    t = torch.linspace(0, 1, z.numel(), dtype=torch.float64).view(z.shape)
    dloss = 0.5 + t if reduction == "none" else one
    weight = data.draw(st.sampled_from([None, torch.linspace(0.5, 2, z.shape[-1], dtype=torch.float64)]))
    expected, gradient = torch_logits(z, t, dloss, reduction=reduction, pos_weight=weight)
    loss, saved = binary_cross_entropy_on_logits(z, t, reduction=reduction, pos_weight=weight)
    assert error(loss, expected) <= 1e-13
    assert error(binary_cross_entropy_on_logits_backward(dloss, *saved)[0], gradient) <= 1e-13


@given(z=tensors(min_dims=2, max_dims=2, min_side=1, limit=10))
@drawn
def test_on_logits_is_on_probabilities_after_the_sigmoid(z):
    t = torch.linspace(0, 1, z.numel(), dtype=torch.float64).view(z.shape)
    p = torch.sigmoid(z)
    (from_logits, of_z), (from_p, of_p) = binary_cross_entropy_on_logits(z, t), binary_cross_entropy(p, t)
    assert error(from_logits, from_p) <= 1e-11  # 1 - p has lost the digits of exp(-10) at p = .99995
    (dz,) = binary_cross_entropy_on_logits_backward(one, *of_z)
    (dp,) = binary_cross_entropy_backward(one, *of_p)
    assert error(dp * p * (1 - p), dz) <= 1e-11


@both
def test_what_does_not_fit_is_refused(name):
    half, output = torch.full((3, 1), 0.5), "p" if name == "binary cross-entropy" else "z"
    with pytest.raises(ValueError, match=re.escape(f"{output} (3, 1) and t (3,) must be equal")):
        rules[name].forward(half, half[:, 0])
    with pytest.raises(ValueError, match=re.escape("expected an output (..., B, K), got (3,)")):
        rules[name].forward(half[:, 0], half[:, 0])
    with pytest.raises(TypeError, match=f"^{output} is torch.float32 and t torch.float64; convert: t.to"):
        rules[name].forward(half, half.double())
    with pytest.raises(ValueError, match="'average'"):
        rules[name].forward(half, half, reduction="average")


@both
def test_an_empty_batch_has_no_mean(name):
    empty = torch.zeros(2, 0, 3)
    loss, saved = rules[name].forward(empty, empty)
    assert loss.isnan().tolist() == [True, True]
    assert rules[name].backward(torch.ones(2), *saved)[0].shape == (2, 0, 3)
    assert rules[name].forward(empty, empty, reduction="sum")[0].tolist() == [0, 0]
