"""Recurrent cell and gated recurrent unit: torch's own, and what ours are verified on."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.func import functional_call

from ..manual.gru import gru, gru_backward
from ..manual.recurrent import recurrent, recurrent_backward
from .rule import Rule, Sample, normal, one_by_one

SIZES = [
    (2, 3, 2, 3),
    (1, 1, 3, 2),
    (3, 4, 1, 1),
]  # B, T, I, H


def recurrent_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    """Weights are halved: the fifth derivatives of large ones make differences rough."""
    for B, T, I, H in SIZES:
        shapes = [(B, T, I), (I, H), (H, H), (H,), (B, H)]
        yield Sample(tuple(normal(lead + shape, generator) / 2 for shape in shapes))


def gru_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    for B, T, I, H in SIZES:
        shapes = [(B, T, I), (I, 3 * H), (3 * H,), (H, 3 * H), (3 * H,), (B, H)]
        yield Sample(tuple(normal(lead + shape, generator) / 2 for shape in shapes))


def through(module: nn.Module, x: Tensor, W: Tensor, b: Tensor, U: Tensor, c: Tensor, h0: Tensor) -> Tensor:
    """torch.nn's module with these weights, which it holds transposed."""
    weights = {"weight_ih_l0": W.mT, "weight_hh_l0": U.mT, "bias_ih_l0": b, "bias_hh_l0": c}
    return functional_call(module, weights, (x, h0.unsqueeze(0)))[0]


def torch_recurrent(x: Tensor, W: Tensor, U: Tensor, b: Tensor, h0: Tensor) -> Tensor:
    cell = nn.RNN(*W.shape, batch_first=True, dtype=x.dtype)
    return through(cell, x, W, b, U, torch.zeros_like(b), h0)


def torch_gru(x: Tensor, W: Tensor, b: Tensor, U: Tensor, c: Tensor, h0: Tensor) -> Tensor:
    cell = nn.GRU(W.shape[0], U.shape[0], batch_first=True, dtype=x.dtype)
    return through(cell, x, W, b, U, c, h0)


rules = {
    "recurrent cell": Rule(
        recurrent, recurrent_backward, one_by_one(torch_recurrent, rank=3), recurrent_samples, bound=1e-12
    ),
    "gated recurrent unit": Rule(gru, gru_backward, one_by_one(torch_gru, rank=3), gru_samples, bound=1e-12),
}
