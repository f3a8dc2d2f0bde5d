"""What is done with what the backward pass found: plain descent at once, anything else model by model.

Shapes: dy and saved of a part as in parts.py; lr (M,); rows (M, P) as in layout.py.
"""

from itertools import repeat
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor

from ...manual.backprop import Params
from ..setting import Setting
from .layout import end_to_end, size, turned, views_of
from .parts import Each
from .updates import updates


class Found(NamedTuple):
    """What reached a part that learns: dy, what its forward saved, and the gradients of its vectors."""

    part: Any
    dy: Tensor
    saved: tuple
    vectors: list[Tensor]


class Learner(Protocol):
    """params: what it changes in place. scale(lr): what the loss is to begin with.

    take: what reached a part that has parameters, and the gradients of its vectors, last layer first; learn: all taken.
    """

    params: Params

    def scale(self, lr: Tensor) -> Tensor: ...

    def take(self, part: Any, dy: Tensor, saved: tuple, vectors: list[Tensor]) -> None: ...

    def learn(self, lr: Tensor) -> None: ...


class PlainDescent:
    """W - lr dW, in the very pass that finds dW, which is never written down: all gradients come times -lr."""

    def __init__(self, params: Params):
        self.params = turned(params)

    def scale(self, lr: Tensor) -> Tensor:
        return lr

    def take(self, part: Any, dy: Tensor, saved: tuple, vectors: list[Tensor]) -> None:
        part.descend(dy, *saved, *vectors)

    def learn(self, lr: Tensor) -> None:
        """Nothing is left to do."""


class ModelByModel:
    """Any optimizer, penalties and clipping, one model after the other.

    A model's gradient, in memory that all use in turn, is still in the processor's cache when the update reads it:
    measured on one thread 1.4 times as fast as the gradients of all models and then the updates.
    """

    def __init__(self, params: Params, models: list[Setting]):
        self.rows, self.params = end_to_end(params)
        self.models, self.t = models, 0
        self.found: list[Found] = []
        self.update = updates[models[0].optimizer]
        self.states = [[torch.zeros_like(row) for _ in range(self.update.tensors)] for row in self.rows]
        self.weights = size(params, 3)
        self.g = torch.zeros_like(self.rows[0])
        self.matrices = [p[0].mT for layer in views_of(self.g[None], params) for p in layer if p.ndim == 3]
        self.vectors = self.g[self.weights :]
        self.ones = -torch.ones_like(self.rows[:, 0])

    def scale(self, lr: Tensor) -> Tensor:
        return self.ones

    def take(self, part: Any, dy: Tensor, saved: tuple, vectors: list[Tensor]) -> None:
        self.found.append(Found(part, dy, saved, vectors))

    def learn(self, lr: Tensor) -> None:
        self.t += 1
        found, self.found = self.found[::-1], []
        linear = [one for one in found if isinstance(one.part, Each)]
        dz, x = [one.dy.unbind() for one in linear], [one.saved[0].mT.unbind() for one in linear]
        vectors = [dp for one in found for dp in one.vectors]
        of_vectors = torch.cat(vectors, 1).flatten(1).unbind() if vectors else repeat(self.vectors)
        of_linear = zip(zip(*dz, strict=True), zip(*x, strict=True), strict=True)
        models = zip(self.rows, self.states, lr.tolist(), self.models, strict=True)
        for (p, state, rate, own), products, dvectors in zip(models, of_linear, of_vectors, strict=False):
            self.gradient(p, own, *products, dvectors)
            self.clip(own)
            if own.weight_decay and not self.update.decays:
                self.g.add_(p, alpha=own.weight_decay)
            self.update.move(p, self.g, state, self.t, rate, own)
            self.shrink(p, rate * own.proximal_l1)

    def gradient(self, p: Tensor, own: Setting, dz: tuple[Tensor, ...], x: tuple[Tensor, ...], vectors: Tensor) -> None:
        """One model's into g: dz x^T for each linear layer, what is known of the vectors, and the penalties'."""
        beta = self.pull(p, own)
        first, I = self.matrices[0], x[0].shape[-1]
        first[:, :I].addmm_(dz[0], x[0], beta=beta)
        if not beta:
            first[:, I:].zero_()  # inputs that were left out
        for into, dz_of_layer, x_of_layer in zip(self.matrices[1:], dz[1:], x[1:], strict=True):
            into.addmm_(dz_of_layer, x_of_layer, beta=beta)
        self.vectors.copy_(vectors)

    def pull(self, p: Tensor, own: Setting) -> int:
        """Writes the gradient of the penalties, which are on weights alone; 1 where the loss's is to be added to that,
        0 where there are none and it is to be written over what was there: saves a pass.
        """
        if not (own.l1 or own.l2):
            return 0
        W, g = p[: self.weights], self.g[: self.weights]
        torch.mul(W, own.l2, out=g)
        if own.l1:
            g.add_(W.sign(), alpha=own.l1)
        return 1

    def clip(self, own: Setting) -> None:
        """The gradient, if longer than clip_norm, shortened to it."""
        if own.clip_norm:
            self.g.mul_((own.clip_norm / (self.g.square().sum().sqrt() + 1e-6)).clamp_max(1))

    def shrink(self, p: Tensor, threshold: float) -> None:
        """Weights less what of them is within the threshold: sign(w) max(|w| - threshold, 0)"""
        if threshold:
            W = p[: self.weights]
            W.sub_(W.clamp(-threshold, threshold))
