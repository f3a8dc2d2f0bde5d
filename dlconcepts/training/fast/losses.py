"""The losses as the fast path has them.

Shapes: z (M, K, B), target as the rule has it, loss (M,), scale (M,).
A backward is linear in what arrives from above. Here that is -scale: with the learning rate for it every gradient
below is the change that a step of plain gradient descent makes, with -1 it is the gradient itself.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from ...manual.network import Layer


class Loss(NamedTuple):
    """A loss by its own rule."""

    layer: Layer

    def forward(self, z: Tensor, target: Tensor) -> tuple[Tensor, tuple]:
        return self.layer.rule.forward(z.mT, target, **self.layer.constants)

    def backward(self, scale: Tensor, *saved: Any) -> Tensor:
        return self.layer.rule.backward(-scale, *saved)[0].mT


class CrossEntropy:
    """The mean of -log p[y], and -scale (p - onehot(y)) / B, in half the calls that the rule makes.

    It takes class numbers, on trust: `train` has checked them. shares (B,): -1 / B, what each logarithm counts,
    remembered for the next batch of that size.
    """

    def __init__(self) -> None:
        self.shares = torch.empty(0)

    def forward(self, z: Tensor, y: Tensor) -> tuple[Tensor, tuple]:
        B = y.shape[-1]
        if len(self.shares) != B:
            self.shares = z.new_full((B,), -1 / B)
        logp, y = torch.log_softmax(z, -2), y.unsqueeze(-2)
        return logp.gather(-2, y).squeeze(-2) @ self.shares, (logp, y)

    def backward(self, scale: Tensor, logp: Tensor, y: Tensor) -> Tensor:
        p = logp.exp_()  # the logarithm is not needed any more
        return p.scatter_(-2, y, -1, reduce="add").mul_(scale.view(-1, 1, 1) * self.shares)
