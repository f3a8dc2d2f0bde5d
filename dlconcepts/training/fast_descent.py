"""The fast path: plain gradient descent with the weights changed in place, in the same pass that finds the gradients.

Shapes: x (M, B, I), target as the loss has it, lr (M,), loss (M,), a parameter (M, ...); between the layers (M, O, B).
A change is -lr times a gradient, and has the shape of what is to change.
The formulas are those of manual/; tests show that both ways give the same weights where no number overflows. Measured
with networks 784-128-10 at batch 64, in all 2 times as fast as the plain way:
- The weights' gradients, as large as the weights themselves, are never written down and read again.
- Weights and activations lie in memory with their last two dimensions exchanged: rows of ten units are too short for
  the library's products, which are 4 times as fast that way.
- The first layers of models that see the same batch are one wide layer to it.
- Inputs that are 0 in the whole batch are left out (dark.py).
- A step calls few functions of torch, and views of the weights are made beforehand: each call costs 10 to 20 of the
  600 microseconds that one network's step takes.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from ..manual.backprop import Params
from ..manual.network import Layer
from ..rules.activation import rules as activations
from ..rules.linear import rules as linear
from ..rules.loss import rules as losses

LINEAR = (linear["linear"], linear["linear without bias"])
ENTRYWISE = tuple(activations.values())  # prelu never comes without its parameter


def can_descend(network: list[Layer]) -> bool:
    """Is the first layer linear, and are linear ones alone in having parameters, or inputs of their own?"""
    return network[0].rule in LINEAR and all(
        layer.rule in LINEAR or not (layer.shapes or layer.evaluation) for layer in network
    )


def turned(params: Params) -> Params:
    """The same numbers; each unit's weights side by side in memory."""
    return [tuple(p.mT.contiguous().mT if p.ndim > 2 else p for p in layer) for layer in params]


def parts_of(network: list[Layer], params: Params, shared: bool) -> list[Any]:
    """The layers of a network, the loss last, that change these parameters.

    Like a rule a part has a forward and a backward, but takes (M, I, B), outputs before examples. Linear layers are
    `Wide` or `Each`. Activations work entry by entry, so their rules serve as they are; `ByRule` turns the others.
    shared: will all models see one batch? Raises RuntimeError if so for several models whose weights are not `turned`.
    """
    *layers, loss = network
    found: list[Any] = []
    for layer, own in zip(layers, params, strict=True):
        if not own:
            found.append(layer.rule if layer.rule in ENTRYWISE and not layer.constants else ByRule(layer))
            continue
        units, b = own[0].mT, own[1].unsqueeze(-1) if len(own) > 1 else None
        if shared and not found:
            M, O, I = units.shape
            found.append(Wide(M, units.view(M * O, I), None if b is None else b.view(M * O, 1)))
        else:
            found.append(Each(units, b, first=not found))
    cross_entropy = loss.rule is losses["cross-entropy"] and not loss.constants
    return [*found, CrossEntropy() if cross_entropy else Loss(loss)]


def descend(parts: list[Any], x: Tensor, target: Tensor, lr: Tensor) -> Tensor:
    """The loss before the step. W becomes W - lr dW, in place.

    The backward is linear in what arrives from above, so the learning rate goes in there once: -lr instead of 1 at the
    loss makes every gradient below the change that the step makes.
    """
    *layers, last = parts
    x, tape = x.mT, []
    for part in layers:
        x, saved = part.forward(x)
        tape.append(saved)
    loss, saved = last.forward(x, target)
    change = last.backward(lr, *saved)
    for part, saved in zip(reversed(layers), reversed(tape), strict=True):
        (change,) = part.backward(change, *saved)
    return loss


class Wide(NamedTuple):
    """The first layer, linear, of M models that see one batch: to it they are one wide layer.

    units (M O, I), b (M O, 1). Of x only the first model's batch is read. It may have fewer inputs than the units:
    those left out are 0. Nobody needs dx.
    """

    M: int
    units: Tensor
    b: Tensor | None

    def forward(self, x: Tensor) -> tuple[Tensor, tuple]:
        x = x[0]
        W = self.units[:, : len(x)]
        z = W @ x
        if self.b is not None:
            z.add_(self.b)
        return z.view(self.M, -1, x.shape[-1]), (x, W)

    def backward(self, change: Tensor, x: Tensor, W: Tensor) -> tuple[None]:
        change = change.reshape(len(W), -1)
        W.addmm_(change, x.mT)
        if self.b is not None:
            self.b.add_(change.sum(-1, keepdim=True))
        return (None,)


class Each(NamedTuple):
    """Any other linear layer: units (M, O, I), b (M, O, 1). first: the network's first, whose dx nobody needs."""

    units: Tensor
    b: Tensor | None
    first: bool

    def forward(self, x: Tensor) -> tuple[Tensor, tuple]:
        z = torch.bmm(self.units, x)
        if self.b is not None:
            z.add_(self.b)
        return z, (x,)

    def backward(self, change: Tensor, x: Tensor) -> tuple[Tensor | None]:
        below = None if self.first else torch.bmm(self.units.mT, change)  # before the weights change
        self.units.baddbmm_(change, x.mT)
        if self.b is not None:
            self.b.add_(change.sum(-1, keepdim=True))
        return (below,)


class ByRule(NamedTuple):
    """A layer without parameters by its own rule, which wants an example's outputs last."""

    layer: Layer

    def forward(self, x: Tensor) -> tuple[Tensor, tuple]:
        y, saved = self.layer.rule.forward(x.mT, **self.layer.constants)
        return y.mT, saved

    def backward(self, change: Tensor, *saved: Any) -> tuple[Tensor]:
        (change,) = self.layer.rule.backward(change.mT, *saved)
        return (change.mT,)


class Loss(NamedTuple):
    """A loss by its own rule. The backward gives the change of z, -lr dz."""

    layer: Layer

    def forward(self, z: Tensor, target: Tensor) -> tuple[Tensor, tuple]:
        return self.layer.rule.forward(z.mT, target, **self.layer.constants)

    def backward(self, lr: Tensor, *saved: Any) -> Tensor:
        return self.layer.rule.backward(-lr, *saved)[0].mT


class CrossEntropy:
    """The mean of -log p[y], and the change -lr (p - onehot(y)) / B, in half the calls that the rule makes.

    It takes class numbers, on trust: `train` has checked them. shares (B,): -1 / B, what each logarithm counts,
    remembered for the next batch of that size.
    """

    def __init__(self):
        self.shares = torch.empty(0)

    def forward(self, z: Tensor, y: Tensor) -> tuple[Tensor, tuple]:
        B = y.shape[-1]
        if len(self.shares) != B:
            self.shares = z.new_full((B,), -1 / B)
        logp, y = torch.log_softmax(z, -2), y.unsqueeze(-2)
        return logp.gather(-2, y).squeeze(-2) @ self.shares, (logp, y)

    def backward(self, lr: Tensor, logp: Tensor, y: Tensor) -> Tensor:
        p = logp.exp_()  # the logarithm is not needed any more
        return p.scatter_(-2, y, -1, reduce="add").mul_(lr.view(-1, 1, 1) * self.shares)
