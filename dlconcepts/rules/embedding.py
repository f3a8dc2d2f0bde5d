"""Embedding: torch's own, and what ours is verified on."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from ..manual.embedding import embedding, embedding_backward
from .rule import Rule, Sample, normal, one_by_one


def embedding_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    for V, D, places in [(4, 3, (5,)), (2, 1, (1,)), (5, 2, (2, 3))]:
        yield Sample((normal((*lead, V, D), generator), torch.randint(V, lead + places, generator=generator)))


def torch_embedding(E: Tensor, y: Tensor) -> Tensor:
    return functional.embedding(y, E)


rules = {"embedding": Rule(embedding, embedding_backward, one_by_one(torch_embedding, rank=2), embedding_samples)}
