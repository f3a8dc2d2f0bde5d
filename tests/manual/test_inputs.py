"""What every formula asks of its inputs: which numbers a check sees, and numbers per model."""

import pytest
import torch
from oracles import INF, NAN, tensor
from torch._subclasses import FakeTensorMode
from torch.func import vmap

from dlconcepts.manual.inputs import need_positive, per_model, seen


def test_a_check_sees_a_number_and_a_tensors_extremes():
    assert seen(0.5) == (0.5,)
    assert seen(tensor(3, -1, 2)) == (-1, 3)
    assert seen(torch.tensor([[4, 7]])) == (4, 7)
    assert seen(tensor(INF, 1)) == (1, INF)
    assert all(extreme != extreme for extreme in seen(tensor(1, NAN)))
    assert seen(tensor()) == ()


def test_a_check_is_skipped_where_there_is_nothing_to_see():
    assert seen(torch.empty(2, device="meta")) == ()
    with FakeTensorMode() as mode:
        assert seen(mode.from_tensor(tensor(1, 2))) == ()
    vmapped = []
    vmap(lambda x: vmapped.append(seen(x)) or x)(tensor([1, 2]))
    assert vmapped == [()]


def test_a_compiled_check_is_skipped_and_an_eager_one_is_not():
    def checked(x):
        need_positive(x=x)
        return x + 1

    with pytest.raises(ValueError, match="x must be positive"):
        checked(tensor(-1))
    assert torch.compile(checked, backend="eager", fullgraph=True)(tensor(-1)).item() == 0


@pytest.mark.parametrize("value", [torch.tensor(0.1, dtype=torch.float64), tensor(0.1, 0.2)], ids=["one", "each"])
def test_a_number_per_model_takes_the_type_and_the_rank_of_what_it_multiplies(value):
    x = torch.ones(2, 3, 4)
    found = per_model(value, x)
    assert found.dtype == (found * x).dtype == torch.float32
    assert found.ndim == 3
    assert per_model(0.1, x) == 0.1
    assert per_model(torch.tensor([True, False]), x).dtype == torch.bool
