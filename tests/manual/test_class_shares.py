"""Weights, ignored examples, label smoothing and probabilities: each alone, and all together."""

import math

import pytest
import torch
from cross_entropy_oracle import PROBABILITIES, REDUCTIONS, WEIGHT, Y, Z, assert_torchs, combinations, ours, upstream
from oracles import INF, NAN, alone, tensor
from torch.nn import functional

from dlconcepts.manual.cross_entropy import cross_entropy, cross_entropy_backward
from dlconcepts.rules.verify import error


@pytest.mark.parametrize("i", range(48))
def test_every_combination_of_constants_is_torchs(i):
    constants = list(combinations())[i]
    assert_torchs(Z, Y, **constants)
    if "ignore_index" not in constants:
        assert_torchs(Z, PROBABILITIES, **constants)


def test_there_are_48_combinations():
    assert len(list(combinations())) == 48


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


def test_targets_without_weight_have_no_mean():
    assert_torchs(Z, torch.zeros_like(Y), weight=tensor(0, 1, 2, 3))
    assert_torchs(Z, torch.zeros_like(Y), weight=tensor(0, 1, 2, 3), label_smoothing=0.2)


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
    with pytest.raises(ValueError, match=f"^label_smoothing must be from 0 to 1, got {e}$"):
        cross_entropy(torch.stack([Z, Z]), torch.stack([Y, Y]), label_smoothing=tensor(0.5, e))


def test_probabilities_have_no_class_to_ignore():
    with pytest.raises(ValueError, match=r"^ignore_index 1 needs class numbers, got probabilities$"):
        cross_entropy(Z, PROBABILITIES, ignore_index=1)


def test_with_one_class_an_ignored_example_still_counts_nothing():
    z, y = torch.tensor([[3.0], [5.0]], dtype=torch.float64), torch.tensor([-1, 0])
    losses, saved = cross_entropy(z, y, ignore_index=-1, reduction="none")
    assert losses.tolist() == [0, 0]
    assert cross_entropy_backward(torch.ones(2), *saved)[0].tolist() == [[0], [0]]
