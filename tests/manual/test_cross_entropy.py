"""Cross-entropy: every combination of its constants, ignored examples, -inf logits, and what holds for all tensors."""

import itertools
import math
import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import INF, NAN, alone, drawn, tensor, tensors
from torch.nn import functional

from dlconcepts.manual.cross_entropy import cross_entropy, cross_entropy_backward
from dlconcepts.manual.rule import normal
from dlconcepts.manual.verify import error

REDUCTIONS = ["mean", "sum", "none"]
Z = normal((5, 4), torch.Generator().manual_seed(1))
Y = torch.tensor([0, 3, 1, 1, 2])
PROBABILITIES = torch.rand(
    5, 4, generator=torch.Generator().manual_seed(2), dtype=torch.float64
)  # rows not summing to 1
WEIGHT = tensor(0.5, 1, 2, 3)


def ours(z, y, dloss=None, **constants):
    """Loss and gradient for an upstream gradient that differs from entry to entry."""
    loss, saved = cross_entropy(z, y, **constants)
    return loss, cross_entropy_backward(upstream(loss) if dloss is None else dloss, *saved)[0]


def upstream(loss):
    return torch.linspace(1.5, 3, loss.numel(), dtype=loss.dtype).view(loss.shape)


def torchs(z, y, **constants):
    dloss = upstream(functional.cross_entropy(z, y, **constants))
    return alone(lambda z: functional.cross_entropy(z, y, **constants), z, dloss)


def assert_torchs(z, y, **constants):
    for found, expected in zip(ours(z, y, **constants), torchs(z, y, **constants), strict=True):
        assert error(found, expected) <= 1e-13


def combinations():
    weights, ignored, smoothed = (None, WEIGHT), (None, 1), (None, 0.0, 0.3, 1.0)
    for values in itertools.product(weights, ignored, smoothed, REDUCTIONS):
        names = ("weight", "ignore_index", "label_smoothing", "reduction")
        yield {name: value for name, value in zip(names, values, strict=True) if value is not None}


@pytest.mark.parametrize("i", range(48))
def test_every_combination_of_constants_is_torchs(i):
    constants = list(combinations())[i]
    assert_torchs(Z, Y, **constants)
    if "ignore_index" not in constants:
        assert_torchs(Z, PROBABILITIES, **constants)


def test_there_are_48_combinations():
    assert len(list(combinations())) == 48


def test_by_hand():
    z, y = torch.zeros(2, 4, dtype=torch.float64), torch.tensor([1, 3])
    loss, dz = ours(z, y, tensor(8)[0])
    assert loss.item() == pytest.approx(math.log(4), rel=1e-15)
    assert dz.tolist() == [[1, -3, 1, 1], [1, 1, 1, -3]]


def test_a_weighted_mean_divides_by_the_weights_of_the_targets():
    z, y = torch.zeros(2, 2, dtype=torch.float64), torch.tensor([0, 1])
    loss, dz = ours(z, y, tensor(4)[0], weight=tensor(1, 3))
    assert loss.item() == pytest.approx(math.log(2), rel=1e-15)
    assert dz.tolist() == [[-0.5, 0.5], [1.5, -1.5]]
    assert ours(z, y, weight=tensor(1, 3), reduction="sum")[0].item() == pytest.approx(4 * math.log(2), rel=1e-15)


def test_a_weighted_mean_over_probabilities_divides_by_the_batch():
    z, t = torch.zeros(2, 2, dtype=torch.float64), tensor([1, 0], [0, 1])
    assert ours(z, t, weight=tensor(1, 3))[0].item() == pytest.approx(2 * math.log(2), rel=1e-15)


def test_smoothing_spreads_over_all_classes_the_true_one_too():
    z = torch.zeros(1, 4, dtype=torch.float64)
    _, dz = ours(z, torch.tensor([0]), tensor(1)[0], label_smoothing=0.4)
    assert dz[0].tolist() == pytest.approx([0.25 - 0.7, 0.15, 0.15, 0.15], abs=1e-16)


@pytest.mark.parametrize(
    "constants",
    [{}, {"weight": WEIGHT}, {"label_smoothing": 0.2}, {"weight": WEIGHT, "label_smoothing": 0.2}],
    ids=["plain", "weighted", "smoothed", "both"],
)
def test_with_everything_ignored_the_mean_is_nan_and_nothing_is_learned(constants):
    y = torch.full((5,), -1)
    for reduction in REDUCTIONS:
        assert_torchs(Z, y, ignore_index=-1, reduction=reduction, **constants)
    loss, dz = ours(Z, y, ignore_index=-1, **constants)
    assert loss.isnan()
    assert dz.tolist() == [[0, 0, 0, 0]] * 5
    assert ours(Z, y, ignore_index=-1, reduction="sum", **constants)[0] == 0


def test_an_ignored_example_counts_nothing_even_if_its_logits_are_nan():
    z = torch.cat([Z, torch.full((1, 4), NAN, dtype=torch.float64)])
    y = torch.cat([Y, torch.tensor([-100])])
    loss, dz = ours(z, y, ignore_index=-100)
    alone_loss, alone_dz = ours(Z, Y)
    assert error(loss, alone_loss) <= 1e-15
    assert error(dz[:5], alone_dz) <= 1e-15
    assert_torchs(z, y, ignore_index=-100, label_smoothing=0.1)


def test_torch_ignores_minus_100_unasked_and_we_do_not():
    with pytest.raises(ValueError, match=r"^classes must be from 0 to 3, got -100 to 3$"):
        cross_entropy(Z, torch.tensor([0, 3, 1, 1, -100]))
    with pytest.raises(ValueError, match=r"^classes must be from 0 to 3, got -2 to 3$"):
        cross_entropy(Z, torch.tensor([0, 3, 1, -1, -2]), ignore_index=-1)


def test_targets_without_weight_have_no_mean():
    assert_torchs(Z, torch.zeros_like(Y), weight=tensor(0, 1, 2, 3))
    assert_torchs(Z, torch.zeros_like(Y), weight=tensor(0, 1, 2, 3), label_smoothing=0.2)


@pytest.mark.parametrize(
    ("y", "constants", "loss"),
    [
        (0, {}, "finite"),
        (0, {"reduction": "sum"}, "finite"),
        (0, {"label_smoothing": 0.0}, "finite"),
        (0, {"weight": tensor(1, 0, 1)}, "finite"),
        (0, {"label_smoothing": 0.2}, "inf"),
        (0, {"label_smoothing": 0.2, "weight": tensor(1, 0, 1)}, "nan"),
        (1, {}, "inf"),
        (1, {"reduction": "sum"}, "inf"),
        ("probabilities", {}, "nan"),
    ],
    ids=str,
)
def test_a_logit_of_minus_infinity_is_torchs(y, constants, loss):
    y = tensor([1, 0, 0]) if y == "probabilities" else torch.tensor([y])
    z = tensor([1, -INF, 3])
    assert_torchs(z, y, **constants)
    found, dz = ours(z, y, **constants)
    assert {"finite": found.isfinite(), "inf": found.isinf(), "nan": found.isnan()}[loss]
    assert dz.isfinite().all()


@pytest.mark.parametrize("scale", [1e-300, 20, 100, 1e4, 1e20])
@pytest.mark.parametrize("constants", [{}, {"label_smoothing": 0.3, "weight": WEIGHT}], ids=["plain", "both"])
def test_any_scale_of_logits_is_torchs(scale, constants):
    assert_torchs(scale * Z, Y, **constants)


def test_nan_logits_stay_nan_whatever_the_constants():
    z = Z.clone()
    z[2, 0] = NAN
    for constants in combinations():
        if constants.get("ignore_index") is None:
            assert cross_entropy(z, Y, **constants)[0].isnan().any()


def test_the_constants_that_change_nothing_change_nothing():
    plain = ours(Z, Y)
    for constants in [
        {"weight": torch.ones(4, dtype=torch.float64)},
        {"label_smoothing": 0.0},
        {"ignore_index": -100},
        {"reduction": "mean"},
    ]:
        for found, expected in zip(ours(Z, Y, **constants), plain, strict=True):
            assert error(found, expected) <= 1e-15
    onehot = functional.one_hot(Y, 4).double()
    for found, expected in zip(ours(Z, onehot), plain, strict=True):
        assert error(found, expected) <= 1e-15


def test_plain_training_remembers_class_numbers_and_not_shares():
    _, (_, y) = cross_entropy(Z, Y)
    assert y is Y


def test_each_model_has_its_own_weights_and_smoothing():
    z, y = torch.stack([Z, 2 * Z]), torch.stack([Y, Y.flip(0)])
    weight, e = torch.stack([WEIGHT, 1 + WEIGHT**2]), tensor(0.0, 0.4)
    for reduction in REDUCTIONS:
        loss, saved = cross_entropy(z, y, weight=weight, label_smoothing=e, reduction=reduction)
        dloss = upstream(loss)
        (dz,) = cross_entropy_backward(dloss, *saved)
        for m in range(2):
            constants = {"weight": weight[m], "label_smoothing": e[m].item(), "reduction": reduction}
            expected, gradient = alone(
                lambda z, m=m, c=constants: functional.cross_entropy(z, y[m], **c), z[m], dloss[m]
            )
            assert error(loss[m], expected) <= 1e-13
            assert error(dz[m], gradient) <= 1e-13
    shared, _ = cross_entropy(z, y, weight=WEIGHT)
    assert error(shared, cross_entropy(z, y, weight=torch.stack([WEIGHT, WEIGHT]))[0]) <= 1e-15


def test_smoothing_0_in_one_model_leaves_its_minus_infinity_alone():
    z, y = tensor([[1, -INF]], [[1, -INF]]), torch.tensor([[0], [0]])
    assert cross_entropy(z, y, label_smoothing=tensor(0.0, 0.5))[0].tolist() == [0, INF]


@pytest.mark.parametrize("e", [-0.1, 1.1, NAN], ids=str)
def test_smoothing_outside_0_to_1_is_refused(e):
    with pytest.raises(ValueError, match=f"^label_smoothing must be from 0 to 1, got {e}$"):
        cross_entropy(Z, Y, label_smoothing=e)
    with pytest.raises(ValueError, match=re.escape(f"label_smoothing must be from 0 to 1, got [0.5, {e}]")):
        cross_entropy(torch.stack([Z, Z]), torch.stack([Y, Y]), label_smoothing=tensor(0.5, e))


def test_probabilities_have_no_class_to_ignore():
    with pytest.raises(ValueError, match=r"^ignore_index 1 needs class numbers, got probabilities torch\.float64$"):
        cross_entropy(Z, PROBABILITIES, ignore_index=1)


@pytest.mark.parametrize("constants", [{}, {"reduction": "sum"}], ids=["plain", "sum"])
def test_what_does_not_fit_is_refused(constants):
    for refused, error_type, message in [
        ((Z, Y[:4]), ValueError, "z_models_and_batch (5,) and y (4,) must be equal"),
        ((Z, Y.view(5, 1)), ValueError, "z_models_and_batch (5,) and y (5, 1) must be equal"),
        ((Z, PROBABILITIES[:, :3]), ValueError, "z (5, 4) and y (5, 3) must be equal"),
        ((Z[0], Y[0]), ValueError, "expected an output (..., B, K), got (4,)"),
        ((Z, Y + 1), ValueError, "classes must be from 0 to 3, got 1 to 4"),
        ((Z, Y.int()), TypeError, "expected class numbers as int64, got torch.int32; convert them with y.long()"),
        ((Z, PROBABILITIES.float()), TypeError, "z is torch.float64 and y torch.float32; convert: y.to(z.dtype)"),
    ]:
        with pytest.raises(error_type, match=f"^{re.escape(message)}"):
            cross_entropy(*refused, **constants)
    with pytest.raises(ValueError, match=re.escape("weight must be (K,) = (4,) or (..., K) = (4,), got (5,)")):
        cross_entropy(Z, Y, weight=torch.ones(5, dtype=torch.float64), **constants)
    with pytest.raises(ValueError, match="'average'"):
        cross_entropy(Z, Y, reduction="average")


def test_an_empty_batch_has_no_mean():
    z, y = torch.zeros(0, 3, dtype=torch.float64), torch.zeros(0, dtype=torch.int64)
    for constants in [{}, {"weight": tensor(1, 2, 3)}, {"label_smoothing": 0.2}]:
        for reduction in REDUCTIONS:
            assert_torchs(z, y, reduction=reduction, **constants)
    assert ours(z, y)[0].isnan()


@given(z=tensors(min_dims=2, max_dims=3, min_side=1), data=st.data())
@drawn
def test_gradient_rows_sum_to_zero_and_the_sum_is_the_mean_times_its_denominator(z, data):
    K = z.shape[-1]
    y = torch.arange(z[..., 0].numel()).view(z.shape[:-1]) % K
    weight = torch.linspace(0.5, 2, K, dtype=torch.float64)
    e = data.draw(st.sampled_from([0.0, 0.1, 1.0]))
    for constants, denominator in [
        ({}, torch.full(z.shape[:-2], float(z.shape[-2]), dtype=torch.float64)),
        ({"weight": weight, "label_smoothing": e}, weight[y].sum(-1)),
    ]:
        mean, saved = cross_entropy(z, y, **constants)
        total, _ = cross_entropy(z, y, reduction="sum", **constants)
        each, _ = cross_entropy(z, y, reduction="none", **constants)
        assert error(mean * denominator, total) <= 1e-13
        assert error(each.sum(-1), total) <= 1e-13
        assert (mean >= 0).all()
        (dz,) = cross_entropy_backward(upstream(mean), *saved)
        assert dz.sum(-1).abs().max() <= 1e-14


@given(z=tensors(min_dims=2, max_dims=2, min_side=1), data=st.data())
@drawn
def test_any_tensor_in_any_layout_gives_what_torch_gives(z, data):
    constants = data.draw(st.sampled_from(list(combinations())))
    K = z.shape[-1]
    if "weight" in constants:
        constants = {**constants, "weight": torch.linspace(0.5, 2, K, dtype=torch.float64)}
    assert_torchs(z, torch.arange(len(z)) % K, **constants)


@given(z=tensors(min_dims=2, max_dims=2, min_side=1), shift=st.floats(-100, 100))
@drawn
def test_a_shift_of_all_logits_and_the_order_of_examples_change_nothing(z, shift):
    y = torch.arange(len(z)) % z.shape[-1]
    loss, _ = cross_entropy(z, y)
    assert error(cross_entropy(z + shift, y)[0], loss) <= 1e-13
    assert error(cross_entropy(z.flip(0), y.flip(0))[0], loss) <= 1e-14
