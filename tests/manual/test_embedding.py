"""Embedding: rows by number, gradients that add up, and that it is a product with one-hot rows."""

import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import NAN, drawn, tensor
from torch.nn import functional

from dlconcepts.manual.embedding import embedding, embedding_backward
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def test_by_hand():
    E, y = tensor([1, 2], [3, 4], [5, 6]), torch.tensor([2, 0, 2])
    e, saved = embedding(E, y)
    assert e.tolist() == [[5, 6], [1, 2], [5, 6]]
    de = tensor([1, 10], [2, 20], [4, 40])
    assert embedding_backward(de, *saved)[0].tolist() == [[2, 20], [0, 0], [5, 50]]


@given(
    models=st.lists(st.integers(1, 2), max_size=2), places=st.lists(st.integers(0, 3), max_size=2),
    V=st.integers(1, 4), D=st.integers(1, 3), seed=st.integers(0, 99),
)  # fmt: skip
@drawn
def test_it_is_the_product_with_one_hot_rows(models, places, V, D, seed):
    E = normal((*models, V, D), seeded(seed))
    y = torch.randint(V, (*models, *places), generator=seeded(seed))
    e, saved = embedding(E, y)
    assert e.shape == (*models, *places, D)
    n = y.shape[len(models) :].numel()
    onehot = functional.one_hot(y, V).double().view(*models, n, V)
    assert error(e.reshape(*models, n, D), onehot @ E) <= 1e-15
    de = normal(tuple(e.shape), seeded(seed + 1))
    assert error(embedding_backward(de, *saved)[0], onehot.mT @ de.reshape(*models, n, D)) <= 1e-14


def test_a_word_that_diverged_spoils_its_own_places_alone():
    e, _ = embedding(tensor([NAN, 1], [2, 3]), torch.tensor([[0, 1], [1, 1]]))
    assert e.isnan().any(-1).tolist() == [[True, False], [False, False]]


def test_what_does_not_fit_is_refused():
    E = torch.zeros(2, 3, 4)
    with pytest.raises(ValueError, match=r"^classes must be from 0 to 2, got 0 to 3$"):
        embedding(E, torch.tensor([[0, 3], [0, 0]]))
    with pytest.raises(ValueError, match=r"^classes must be from 0 to 2, got -1 to 0$"):
        embedding(E[0], torch.tensor([-1, 0]))
    with pytest.raises(TypeError, match=r"got torch\.int32"):
        embedding(E[0], torch.zeros(2, dtype=torch.int32))
    with pytest.raises(ValueError, match=re.escape("E_models (2,) and y_models (3,) must be equal")):
        embedding(E, torch.zeros(3, 2, dtype=torch.int64))
    with pytest.raises(ValueError, match=re.escape("expected a table E (..., V, D), got (3,)")):
        embedding(torch.zeros(3), torch.tensor([0]))
