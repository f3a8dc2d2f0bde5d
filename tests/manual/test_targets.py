"""What a loss refuses to be told, and how it says so."""

import re

import pytest
import torch
from oracles import INF, NAN, tensor

from dlconcepts.manual.targets import need_batch, need_classes, need_probabilities, need_same_dtype, onehot, per_class


def exactly(message):
    return f"^{re.escape(message)}$"


def test_an_output_needs_a_batch():
    need_batch(torch.zeros(1, 3))
    message = "expected an output (..., B, K), got (3,); one example becomes a batch by z[None]"
    with pytest.raises(ValueError, match=exactly(message)):
        need_batch(torch.zeros(3))
    with pytest.raises(ValueError, match=re.escape("got ()")):
        need_batch(torch.zeros(()))


@pytest.mark.parametrize(("y", "found"), [([0, 3], "0 to 3"), ([-1, 2], "-1 to 2"), ([-100], "-100 to -100")], ids=str)
def test_a_class_that_does_not_exist_is_refused(y, found):
    with pytest.raises(ValueError, match=exactly(f"classes must be from 0 to 2, got {found}")):
        need_classes(torch.tensor(y), 3)


def test_the_first_and_the_last_class_and_no_class_at_all_are_fine():
    need_classes(torch.tensor([0, 2]), 3)
    need_classes(torch.tensor([], dtype=torch.int64), 3)


@pytest.mark.parametrize("dtype", [torch.int32, torch.uint8, torch.bool], ids=str)
def test_class_numbers_are_int64(dtype):
    message = f"expected class numbers as int64, got {dtype}; convert them with y.long()"
    with pytest.raises(TypeError, match=exactly(message)):
        need_classes(torch.zeros(2, dtype=dtype), 3)


def test_two_dtypes_are_refused_with_the_cure():
    need_same_dtype(z=torch.zeros(1), t=torch.ones(2))
    message = "z is torch.float32 and t torch.float64; convert: t.to(z.dtype)"
    with pytest.raises(TypeError, match=exactly(message)):
        need_same_dtype(z=torch.zeros(1), t=tensor(1))


@pytest.mark.parametrize(("value", "found"), [(1.5, "0.5 to 1.5"), (-1e-9, "-1e-09 to 0.5")])
def test_what_is_no_probability_is_refused_even_beside_nan(value, found):
    with pytest.raises(ValueError, match=exactly(f"p must be probabilities from 0 to 1, got {found}")):
        need_probabilities(t=tensor(0, 1), p=tensor(0.5, value, NAN))


def test_probabilities_and_what_is_not_finite_pass():
    need_probabilities(p=tensor(0, -0.0, 1, NAN, INF, -INF), empty=tensor())


def test_onehot_marks_the_class_and_takes_the_dtype():
    found = onehot(torch.tensor([[2, 0], [1, 1]]), torch.full((2, 2, 3), NAN))
    assert found.tolist() == [[[0, 0, 1], [1, 0, 0]], [[0, 1, 0], [0, 1, 0]]]
    assert found.dtype == torch.float32


def test_weights_are_one_per_class_or_one_per_model_and_class():
    z = torch.zeros(2, 4, 3)
    assert per_class("weight", torch.ones(3), z).shape == (1, 3)
    assert per_class("weight", torch.ones(2, 3), z).shape == (2, 1, 3)


@pytest.mark.parametrize("shape", [(2,), (1,), (), (4, 3), (2, 4, 3), (2, 1)], ids=str)
def test_weights_of_another_shape_are_refused(shape):
    message = f"pos_weight must be (K,) = (3,) or (..., K) = (2, 3), got {shape}"
    with pytest.raises(ValueError, match=exactly(message)):
        per_class("pos_weight", torch.ones(shape), torch.zeros(2, 4, 3))


def test_weights_of_another_dtype_are_refused():
    with pytest.raises(TypeError, match=exactly("z is torch.float32 and w torch.float64; convert: w.to(z.dtype)")):
        per_class("w", tensor(1, 2, 3), torch.zeros(4, 3))
