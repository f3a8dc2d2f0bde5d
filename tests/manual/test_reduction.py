"""Mean, sum and none: what divides by what, and the way back."""

import pytest
import torch
from oracles import NAN, alone, tensor

from dlconcepts.manual.reduction import need_reduction, reduced, spread
from dlconcepts.rules.rule import normal

LOSSES = normal((2, 3, 4), torch.Generator().manual_seed(1))


@pytest.mark.parametrize("dims", [1, 2])
def test_the_mean_is_the_sum_over_the_number_of_losses_of_a_model(dims):
    mean, total = reduced(LOSSES, "mean", dims), reduced(LOSSES, "sum", dims)
    assert mean.shape == total.shape == LOSSES.shape[:-dims]
    assert torch.allclose(total, mean * {1: 4, 2: 12}[dims], rtol=1e-14, atol=0)
    assert total.flatten()[0].item() == pytest.approx(
        LOSSES[0].sum().item() if dims == 2 else LOSSES[0, 0].sum().item()
    )
    assert reduced(LOSSES, "none", dims) is LOSSES


@pytest.mark.parametrize("dims", [1, 2])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_the_way_back_is_the_reductions_derivative(reduction, dims):
    dloss = normal(tuple(reduced(LOSSES, reduction, dims).shape), torch.Generator().manual_seed(2))
    _, expected = alone(lambda losses: reduced(losses, reduction, dims), LOSSES, dloss)
    found = spread(dloss, LOSSES.shape, reduction, dims)
    assert found.ndim == LOSSES.ndim
    assert torch.allclose(found.expand(LOSSES.shape), expected, rtol=1e-15, atol=0)


def test_no_losses_have_no_mean_and_the_sum_zero():
    assert reduced(torch.zeros(2, 0), "mean", 1).isnan().all()
    assert reduced(torch.zeros(2, 0), "sum", 1).tolist() == [0, 0]
    assert reduced(torch.zeros(2, 0), "none", 1).shape == (2, 0)
    assert spread(tensor(1, NAN), torch.Size((2, 0)), "mean", 1).expand(2, 0).shape == (2, 0)


@pytest.mark.parametrize("word", ["average", "", "MEAN", None], ids=str)
def test_other_words_are_refused(word):
    with pytest.raises(ValueError, match=f"^reduction must be 'mean', 'sum' or 'none', got {word!r}$"):
        need_reduction(word)
    with pytest.raises(ValueError, match=r"^reduction must be"):
        reduced(LOSSES, word, 1)
