"""Dropout: torch's masks bit for bit, its arithmetic at the edges, and what p may be."""

import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from dlconcepts.manual.activation import identity
from dlconcepts.manual.dropout import draw_mask, dropout, dropout_backward
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error

inf, nan = float("inf"), float("nan")
steady = settings(derandomize=True, deadline=None, database=None, max_examples=60)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("p", [0.1, 0.3, 0.5, 0.9, 1.0, 0.0])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["double", "single"])
@pytest.mark.parametrize("shape", [(5,), (64, 33), (2, 3, 7, 7)], ids=str)
def test_one_model_gets_what_torch_gives_bit_for_bit(shape, dtype, p):
    x = normal(shape, seeded(1)).to(dtype)
    y, saved = dropout(x, draw_mask(shape, p, seeded(7)), p)
    dy = normal(shape, seeded(2)).to(dtype)
    with torch.random.fork_rng():
        torch.manual_seed(7)
        leaf = x.clone().requires_grad_()
        expected = functional.dropout(leaf, p)
    assert torch.equal(y, expected.detach())
    assert torch.equal(dropout_backward(dy, *saved)[0], torch.autograd.grad(expected, leaf, dy)[0])


def test_successive_masks_are_torchs_successive_masks():
    generator = seeded(3)
    x = torch.ones(40, 10)
    ours = [dropout(x, draw_mask((40, 10), 0.3, generator), 0.3)[0] for _ in range(3)]
    with torch.random.fork_rng():
        torch.manual_seed(3)
        theirs = [functional.dropout(x, 0.3) for _ in range(3)]
    assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))
    assert not torch.equal(ours[0], ours[1])


def test_a_mask_keeps_the_share_it_should_and_the_mean_stays():
    mask = draw_mask((1000, 100), 0.3, seeded())
    y, _ = dropout(torch.ones(1000, 100, dtype=torch.float64), mask, 0.3)
    assert mask.dtype == torch.bool
    assert abs(float(mask.double().mean()) - 0.7) < 0.006  # four standard errors: 4 sqrt(.21 / 100,000)
    assert abs(float(y.mean()) - 1) < 0.0083  # the same, divided by .7


def test_a_draw_takes_as_much_of_the_generator_whatever_p_is():
    following = []
    for p in (0.0, 0.5, 1.0):
        generator = seeded(5)
        draw_mask((6, 6), p, generator)
        following.append(torch.rand(4, generator=generator))
    assert torch.equal(following[0], following[1])
    assert torch.equal(following[0], following[2])


def test_what_is_kept_is_scaled_by_one_over_one_minus_p():
    x, mask = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64), torch.tensor([True, False, True])
    y, (noise,) = dropout(x, mask, 0.75)
    assert y.tolist() == [4, 0, 12]
    assert dropout_backward(torch.tensor([1.0, 1.0, -1.0], dtype=torch.float64), noise)[0].tolist() == [4, 0, -4]


def test_with_p_of_one_all_is_zero_but_infinity_is_nan_as_in_torch():
    x = torch.tensor([1.0, -0.0, 1e20, inf, -inf, nan])
    y, _ = dropout(x, torch.zeros(6, dtype=torch.bool), 1.0)
    assert error(y, functional.dropout(x, 1.0)) == 0
    assert y[:3].tolist() == [0, 0, 0]
    assert y[3:].isnan().all()


def test_an_infinity_that_is_dropped_is_nan_and_one_that_is_kept_is_not():
    y, _ = dropout(torch.tensor([inf, inf]), torch.tensor([True, False]), 0.5)
    assert y[0] == inf
    assert y[1].isnan()


@pytest.mark.parametrize(
    "bad",
    [-0.1, 1.1, -1e-300, 1.0000000000000002, nan, inf, torch.tensor([0.5, 1.5]), torch.tensor([-0.5, 0.5])],
    ids=repr,
)
def test_a_p_that_is_no_probability_is_refused(bad):
    message = f"^{re.escape(f'p must be from 0 to 1, got {bad}')}$"
    with pytest.raises(ValueError, match=message):
        dropout(torch.ones(2, 2), torch.ones(2, 2, dtype=torch.bool), bad)
    with pytest.raises(ValueError, match=message):
        draw_mask((2, 2), bad, seeded())


def test_a_mask_of_another_shape_or_of_numbers_is_refused():
    with pytest.raises(ValueError, match=r"^x \(2, 3\) and mask \(1, 3\) must be equal$"):
        dropout(torch.ones(2, 3), torch.ones(1, 3, dtype=torch.bool), 0.5)
    with pytest.raises(TypeError, match=r"^expected a mask of torch.bool, True for what is kept, got torch.float32$"):
        dropout(torch.ones(2, 3), torch.ones(2, 3), 0.5)


def test_each_model_has_its_own_p():
    x, p = normal((3, 4, 5), seeded()), torch.tensor([0.1, 0.5, 1.0], dtype=torch.float64)
    mask = torch.stack([draw_mask((4, 5), float(p[m]), seeded(m)) for m in range(3)])
    y, (noise,) = dropout(x, mask, p)
    for m in range(3):
        assert torch.equal(y[m], dropout(x[m], mask[m], float(p[m]))[0])
    assert torch.equal(noise[2], torch.zeros(4, 5, dtype=torch.float64))
    with pytest.raises(ValueError, match=r"models \(3,\) and leading \(2,\) must be equal"):
        dropout(x[:2], mask[:2], p)


@pytest.mark.parametrize("shape", [(), (1,), (0,), (0, 3)], ids=str)
def test_small_and_empty_shapes_are_fine(shape):
    y, saved = dropout(torch.ones(shape), draw_mask(shape, 0.5, seeded()), 0.5)
    assert y.shape == dropout_backward(y, *saved)[0].shape == shape


def test_in_evaluation_dropout_is_the_identity_itself():
    x = torch.ones(3)
    assert identity(x)[0] is x is functional.dropout(x, 0.5, training=False)


@steady
@given(M=st.integers(0, 3), N=st.integers(0, 6), p=st.floats(0, 0.95), seed=st.integers(0, 999))
def test_backward_is_the_adjoint_for_a_fixed_mask(M, N, p, seed):
    x, dy = normal((M, N), seeded(seed)), normal((M, N), seeded(seed + 1))
    y, saved = dropout(x, draw_mask((M, N), p, seeded(seed)), p)
    assert error((y * dy).sum(), (x * dropout_backward(dy, *saved)[0]).sum()) <= 1e-13


def test_each_models_own_p_goes_where_x_is():
    x = torch.empty(3, 4, 5, device="meta")
    y, _ = dropout(x, torch.empty(3, 4, 5, dtype=torch.bool, device="meta"), torch.tensor([0.1, 0.2, 0.3]))
    assert (y.shape, y.device.type) == ((3, 4, 5), "meta")
