"""The layers of a network as the fast path has them: they lie in memory as the library's products want them.

Shapes: x (M, I, B), outputs before examples; units (M, O, I), a vector such as b (M, O, 1).
A part is like a rule: forward(x) -> (y, saved), and backward(dy, *saved) -> (dx, *gradients of its vectors). A weight
matrix's gradient, as large as the matrix, is not among them: `learners.py` finds it where it needs it. Where plain
gradient descent has put -lr times dy in dy's place, descend(dy, *saved, *gradients) changes the part's parameters, in
the very pass that finds the product.
The formulas are those of manual/; tests show that both ways give the same weights where no number overflows. Measured:
- Weights and activations lie in memory with their last two dimensions exchanged: rows of ten units are too short for
  the library's products, which are 4 times as fast that way.
- The first layers of models that see the same batch are one wide layer to it.
- Inputs that are 0 in the whole batch are left out (dark_pixels.py).
- A step calls few functions of torch, and views of the weights are made beforehand: each call costs 10 to 20 of the
  600 microseconds that one network's step takes.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from ...manual.network import Layer


class Each(NamedTuple):
    """A linear layer. first: the network's first, whose dx nobody needs, and which may get fewer inputs than it has
    weights: those left out are 0.
    """

    units: Tensor
    b: Tensor | None
    first: bool

    def forward(self, x: Tensor) -> tuple[Tensor, tuple]:
        W = self.units[..., : x.shape[-2]] if self.first else self.units
        z = torch.bmm(W, x)
        if self.b is not None:
            z.add_(self.b)
        return z, (x, W)

    def backward(self, dz: Tensor, x: Tensor, W: Tensor) -> tuple[Tensor | None, ...]:
        dx = None if self.first else torch.bmm(W.mT, dz)
        return (dx,) if self.b is None else (dx, dz.sum(-1, keepdim=True))

    def descend(self, change: Tensor, x: Tensor, W: Tensor, db: Tensor | None = None) -> None:
        W.baddbmm_(change, x.mT)
        if self.b is not None:
            self.b.add_(db)


class Wide(NamedTuple):
    """The first layer, linear, of M models that see one batch: to it they are one wide layer, units (M O, I).

    Of x only the first model's batch is read. Raises RuntimeError for units that do not lie side by side.
    """

    units: Tensor
    b: Tensor | None

    def forward(self, x: Tensor) -> tuple[Tensor, tuple]:
        M, x = len(x), x[0]
        W = self.units[:, : len(x)]
        z = (W @ x).view(M, -1, x.shape[-1])
        if self.b is not None:
            z.add_(self.b)
        return z, (x, W)

    def backward(self, dz: Tensor, x: Tensor, W: Tensor) -> tuple[Tensor | None, ...]:
        return (None,) if self.b is None else (None, dz.sum(-1, keepdim=True))

    def descend(self, change: Tensor, x: Tensor, W: Tensor, db: Tensor | None = None) -> None:
        W.addmm_(change.reshape(len(W), -1), x.mT)
        if self.b is not None:
            self.b.add_(db)


class ByRule(NamedTuple):
    """A layer without parameters by its own rule, which wants an example's outputs last."""

    layer: Layer

    def forward(self, x: Tensor) -> tuple[Tensor, tuple]:
        y, saved = self.layer.rule.forward(x.mT, **self.layer.constants)
        return y.mT, saved

    def backward(self, dy: Tensor, *saved: Any) -> tuple[Tensor]:
        (dx,) = self.layer.rule.backward(dy.mT, *saved)
        return (dx.mT,)


class Dropout(NamedTuple):
    """What is kept is divided by the share that is kept: (M, 1, 1), or (1, 1, 1) where all models have one mask."""

    kept: Tensor

    def forward(self, x: Tensor, mask: Tensor) -> tuple[Tensor, tuple]:
        kept = mask[: len(self.kept)].mT.to(x.dtype, memory_format=torch.contiguous_format)
        noise = kept.div_(self.kept)  # in two calls half the time of one that divides what is not yet a number
        return x * noise, (noise,)

    def backward(self, dy: Tensor, noise: Tensor) -> tuple[Tensor]:
        return (dy * noise,)
