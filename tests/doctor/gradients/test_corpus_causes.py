"""Each wrong gradient is wrong in the way that the corpus says: its cause shows in the numbers."""

import pytest
import torch

from tests.doctor.gradients.corpus import SPLITS, cases
from tests.doctor.gradients.truth import (
    SEEDS,
    autograd_of,
    called,
    compared,
    differences,
    drawn,
    error,
    upstream,
    value,
)

EVERY = [case for split in SPLITS for case in cases(split)]
WRONG = [c for c in EVERY if c.cause]
PLACES = {"negative inputs": lambda x: x < 0, "positive inputs": lambda x: x > 0, "at 0": lambda x: x == 0}


def name_of(case):
    return case.name.replace(" ", "-")


@pytest.mark.parametrize("case", [c for c in WRONG if c.where in PLACES], ids=name_of)
def test_the_wrong_entries_are_where_the_case_says(case):
    for seed in SEEDS:
        (x, *_), (given, right) = drawn(case, seed), compared(case, seed)[case.gradients[0]]
        wrong = ~((given - right).abs() <= 1e-10 * right.abs())
        assert (wrong & ~PLACES[case.where](x)).sum() == 0
        assert wrong.any()


def of_cause(cause):
    return pytest.mark.parametrize("case", [c for c in WRONG if c.cause == cause], ids=name_of)


def wrong_pairs(case):
    """(given, right) of each wrong gradient, for every seed."""
    for seed in SEEDS:
        found = compared(case, seed)
        yield from (found[name] for name in case.gradients)


def size(case, symbol):
    """B or K of the first input, a plain number, or 1 over one of them."""
    if symbol.startswith("1/"):
        return 1 / size(case, symbol[2:])
    shape = drawn(case, 0)[0].shape
    return float({"B": shape[0], "K": shape[-1]}.get(symbol, symbol))


@of_cause("factor")
def test_a_factor_is_the_same_for_all_wrong_entries(case):
    for given, right in wrong_pairs(case):
        ratio = (given / right)[(right != 0) & ~torch.isclose(given, right, rtol=1e-9)]
        if "number of" not in case.detail or not case.where:
            assert torch.allclose(ratio, ratio[0], rtol=1e-9)
        symbol = case.detail.split(",")[0]
        if not any(letter in symbol for letter in "acdehlmnoprstu"):
            assert float(ratio[0]) == pytest.approx(size(case, symbol), rel=1e-9)


@of_cause("zero")
def test_a_zero_gradient_is_zero_where_it_is_wrong(case):
    for given, right in wrong_pairs(case):
        assert (given[~torch.isclose(given, right, atol=0)] == 0).all()


@of_cause("non-finite")
def test_a_non_finite_gradient_has_a_finite_truth(case):
    for given, right in wrong_pairs(case):
        wrong = ~torch.isclose(given, right)
        assert wrong.any()
        assert not given[wrong].isfinite().any()
        assert right.isfinite().all()


@of_cause("missing gradient")
def test_a_missing_gradient_is_none(case):
    assert all(given is None for given, _ in wrong_pairs(case))


@of_cause("wrong shape")
def test_a_wrong_shape_is_one(case):
    assert all(given.shape != right.shape for given, right in wrong_pairs(case))


@of_cause("not summed after broadcasting")
def test_what_is_not_summed_is_right_once_it_is(case):
    for given, right in wrong_pairs(case):
        keep = [1] * (given.ndim - right.ndim) + list(right.shape)
        totals = [given.sum_to_size(keep).view(right.shape)] if given.ndim == right.ndim else axis_sums(given, right)
        assert any(error(total, right) <= 1e-12 for total in totals)


def axis_sums(given, right):
    """Every way to sum all axes but one, and the sum over the first ones."""
    axes = range(given.ndim)
    yield given.sum_to_size(right.shape) if given.shape[given.ndim - right.ndim :] == right.shape else given.sum()
    for axis in axes:
        total = given.sum([other for other in axes if other != axis])
        if total.shape == right.shape:
            yield total


@of_cause("sign")
def test_a_wrong_sign_is_nothing_else(case):
    for given, right in wrong_pairs(case):
        if "sigmoid" not in case.detail:
            wrong = ~torch.isclose(given, right, rtol=1e-9)
            assert error(-given[wrong], right[wrong]) <= 1e-12


@of_cause("in place")
def test_what_is_called_in_place_changes_its_input_or_dy(case):
    for seed in SEEDS:
        inputs = [x.clone() for x in drawn(case, seed)]
        y = case.forward(*inputs)
        y, saved = y if isinstance(y, tuple) else (y, inputs)
        dy = upstream(y, seed)
        case.backward(dy, *saved)
        pairs = [(dy, upstream(y, seed)), *zip(inputs, drawn(case, seed), strict=True)]
        assert any(not torch.equal(now, before) for now, before in pairs)


@of_cause("stale")
def test_what_is_stale_is_right_at_first_and_wrong_from_the_second_call_on(case):
    for seed in SEEDS:
        case.forget()
        first, second = called(case, seed), called(case, 100 + seed)
        assert all(error(*pair) <= 1e-12 for pair in first.values())
        assert {name for name, pair in second.items() if error(*pair) > 1e-6} == set(case.gradients)


@of_cause("detached")
def test_what_is_detached_has_another_slope_than_autograd_finds(case):
    for seed in SEEDS:
        inputs = drawn(case, seed)
        found, right = autograd_of(case.forward, inputs, seed), differences(case.forward, inputs, seed)
        assert any(g is None or error(g, r) > 1e-3 for g, r in zip(found, right, strict=True))


@of_cause("forward differs")
def test_a_forward_that_differs_has_another_value(case):
    for seed in SEEDS:
        inputs = drawn(case, seed)
        ours, theirs = value(case.forward, inputs), case.like(*inputs)
        assert not torch.allclose(ours, theirs, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("case", [c for c in EVERY if c.like and c.cause != "forward differs"], ids=name_of)
def test_any_other_forward_is_what_it_should_be(case):
    inputs = drawn(case, 0)
    theirs = case.like(*[x.clone() for x in inputs])
    assert torch.allclose(value(case.forward, [x.clone() for x in inputs]), theirs, rtol=1e-9, atol=1e-12)
