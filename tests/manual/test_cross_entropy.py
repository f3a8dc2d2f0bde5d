"""Cross-entropy: by hand, far out, with -inf logits, and what holds for all tensors."""

import math
import re

import pytest
import torch
from cross_entropy_oracle import PROBABILITIES, REDUCTIONS, WEIGHT, Y, Z, assert_torchs, combinations, ours, upstream
from hypothesis import given
from hypothesis import strategies as st
from oracles import INF, NAN, drawn, tensor, tensors

from dlconcepts.manual.cross_entropy import cross_entropy, cross_entropy_backward
from dlconcepts.rules.verify import error


def test_by_hand():
    z, y = torch.zeros(2, 4, dtype=torch.float64), torch.tensor([1, 3])
    loss, dz = ours(z, y, tensor(8)[0])
    assert loss.item() == pytest.approx(math.log(4), rel=1e-15)
    assert dz.tolist() == [[1, -3, 1, 1], [1, 1, 1, -3]]


def test_torch_ignores_minus_100_unasked_and_we_do_not():
    with pytest.raises(ValueError, match=r"^classes must be from 0 to 3, got -100 to 3$"):
        cross_entropy(Z, torch.tensor([0, 3, 1, 1, -100]))
    with pytest.raises(ValueError, match=r"^classes must be from 0 to 3, got -2 to 3$"):
        cross_entropy(Z, torch.tensor([0, 3, 1, -1, -2]), ignore_index=-1)


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
    ids=[
        *("plain", "sum", "smoothing 0", "weighted", "smoothed", "smoothed and weighted"),
        *("on the target", "sum on the target", "probabilities"),
    ],
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


def test_plain_training_remembers_class_numbers_and_not_shares():
    _, (_, y) = cross_entropy(Z, Y)
    assert y is Y


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
