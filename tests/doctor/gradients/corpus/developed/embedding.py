"""Rows of a table, chosen by whole numbers that may repeat."""

from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import integers, normal

case = partial(Case, "embedding")


def embedding(E, index):
    return E[index]


def assigned(dy, E, index):
    """+= through an index writes once per row: of a word that occurs twice only one occurrence counts."""
    dE = torch.zeros_like(E)
    dE[index] += dy
    return dE


def left_as_it_came(dy, E, index):
    """One gradient per word of the text, not per row of the table."""
    return dy


def averaged_per_word(dy, E, index):
    """Divides by how often the word occurs."""
    count = torch.bincount(index, minlength=len(E)).clamp(min=1)
    return torch.zeros_like(E).index_add(0, index, dy) / count[:, None]


def with_padding(E, index):
    return functional.embedding(index, E, padding_idx=0)


def padding_learns(dy, E, index):
    """Row 0 stands for "no word" and is meant to stay as it is."""
    return torch.zeros_like(E).index_add(0, index, dy)


def by_one_hot(dy, E, index):
    chosen = functional.one_hot(index, len(E)).to(dy.dtype).flatten(0, -2)
    return chosen.mT @ dy.flatten(0, -2)


def by_put(dy, E, index):
    return torch.zeros_like(E).index_put((index,), dy, accumulate=True), None


def repeated(g):
    """Nine words of a vocabulary of six: some occur twice; the padding occurs."""
    index = integers(g, 6, 9)
    index[0] = 0
    index[1] = index[2] = 5
    return normal(g, 6, 3), index


CASES = [
    case(
        *("embedding counts repeated words once", embedding, assigned, repeated),
        **dict(cause="missing term", gradients=("dE",), where="rows used more than once", detail="repeated indices"),
        accepted=("not summed after broadcasting",),
    ),
    case(
        *("embedding returns a gradient per word", embedding, left_as_it_came, repeated),
        **dict(cause="wrong shape", gradients=("dE",), accepted=("not summed after broadcasting",)),
    ),
    case(
        *("embedding averages repeated words", embedding, averaged_per_word, repeated),
        **dict(cause="factor", gradients=("dE",), where="rows used more than once", detail="1 / number of uses"),
    ),
    case(
        *("embedding's padding learns", with_padding, padding_learns, repeated),
        **dict(cause="mask", gradients=("dE",), where="row 0", detail="padding not masked"),
    ),
    case(
        "embedding by one-hot rows, for a batch of texts",
        embedding,
        by_one_hot,
        lambda g: (normal(g, 6, 3), integers(g, 6, 2, 4)),
    ),
    case("embedding that accumulates", embedding, by_put, repeated),
    case("embedding of an empty text", embedding, by_one_hot, lambda g: (normal(g, 6, 3), integers(g, 6, 0))),
]
