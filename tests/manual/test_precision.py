"""The wrapper that computes in float32 what is given in half precision."""

import inspect

import pytest
import torch

from dlconcepts.manual.precision import rounded_once, wide

halves = pytest.mark.parametrize("half", [torch.float16, torch.bfloat16], ids=str)


@rounded_once
def mean_square(x, weight=1.0):
    """Returns a result, a saved tuple and a number."""
    return weight * x.square().mean(), (x,), 3


@halves
def test_a_half_type_is_computed_in_float32_and_its_result_alone_is_rounded(half):
    y, saved, number = mean_square(torch.full((4,), 3.0, dtype=half), weight=torch.ones((), dtype=half))
    assert (y.item(), y.dtype) == (9, half)
    assert saved[0].dtype == torch.float32
    assert number == 3


@halves
def test_a_square_beyond_the_type_overflows_at_the_end_and_not_before(half):
    x = torch.full((4,), 300.0, dtype=half)
    y, _, _ = mean_square(x, weight=1 / 300)
    assert y.item() == pytest.approx(300, rel=torch.finfo(half).eps)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_other_types_are_left_as_they_are(dtype):
    x = torch.ones(2, dtype=dtype)
    _, saved, _ = mean_square(x)
    assert saved[0] is x
    assert wide(x) is x
    assert wide("x") == "x"


@halves
def test_the_first_argument_may_be_given_by_name(half):
    assert mean_square(x=torch.ones(2, dtype=half))[0].dtype == half


@halves
def test_a_single_tensor_is_rounded_as_well(half):
    assert rounded_once(torch.square)(torch.ones(2, dtype=half)).dtype == half


def test_autocast_does_not_choose_the_type():
    x, y = torch.ones(2, 2), torch.ones(2, 2, dtype=torch.bfloat16)
    product = rounded_once(lambda x: x @ x)
    with torch.autocast("cpu", torch.bfloat16):
        assert (x @ x).dtype == torch.bfloat16
        assert product(x).dtype == torch.float32
        assert product(y).dtype == torch.bfloat16
        assert product(x.to("meta")).dtype == torch.float32
        assert (x @ x).dtype == torch.bfloat16


def test_name_docstring_and_arguments_are_the_formulas():
    assert mean_square.__name__ == "mean_square"
    assert list(inspect.signature(mean_square).parameters) == ["x", "weight"]
