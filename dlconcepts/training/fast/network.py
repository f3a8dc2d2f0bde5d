"""A network for the fast path, and one step of it.

Shapes: x (M, B, I), target as the loss has it, lr (M,), loss (M,), a mask (M, B, O).
"""

from typing import Any, NamedTuple

from torch import Tensor

from ...manual.batch_norm import Running
from ...manual.network import Layer
from ...rules.activation import rules as activations
from ...rules.dropout import rules as dropouts
from ...rules.linear import rules as linear
from ...rules.loss import rules as losses
from ...rules.normalization import rules as norms
from .learners import Learner, PlainDescent
from .losses import CrossEntropy, Loss
from .norms import BatchNorm, LayerNorm
from .parts import ByRule, Dropout, Each, Wide

LINEAR = (linear["linear"], linear["linear without bias"])
DROPOUT, LAYER_NORM, BATCH_NORM = dropouts["dropout"], norms["layer norm"], norms["batch norm"]
ENTRYWISE = tuple(activations.values())  # prelu never comes without its parameter


def has_fast_parts(network: list[Layer]) -> bool:
    """Is the first layer linear, and is there a part for each of the others?"""
    known = (*LINEAR, DROPOUT, LAYER_NORM, BATCH_NORM)
    return network[0].rule in LINEAR and all(
        layer.rule in known or not (layer.shapes or layer.evaluation) for layer in network
    )


class FastNetwork(NamedTuple):
    """parts: a part per layer, the loss last; they hold the very parameters that the learner changes.

    learns: has the layer parameters?
    """

    parts: list[Any]
    learner: Learner
    learns: list[bool]

    def step(self, x: Tensor, target: Tensor, lr: Tensor, masks: dict[int, Tensor]) -> Tensor:
        """The loss of each model before the step; masks by the index of the layer."""
        *layers, last = self.parts
        x, tape = x.mT, []
        for i, part in enumerate(layers):
            x, saved = part.forward(x, masks[i]) if i in masks else part.forward(x)
            tape.append(saved)
        loss, saved = last.forward(x, target)
        dy = last.backward(self.learner.scale(lr), *saved)
        for part, saved, learns in zip(reversed(layers), reversed(tape), reversed(self.learns), strict=True):
            dx, *vectors = part.backward(dy, *saved)
            if learns:
                self.learner.take(part, dy, saved, vectors)
            dy = dx
        self.learner.learn(lr)
        return loss


def fast_network(network: list[Layer], learner: Learner, running: dict[int, Running], shared: bool) -> FastNetwork:
    """The parts of a network around the learner's parameters and these running statistics, which they change in place.

    shared: have all models one seed, and so one batch and, for one share of dropped values, one mask?
    """
    *layers, loss = network
    wide = shared and isinstance(learner, PlainDescent)
    like = learner.params[0][0]

    def part(i: int, layer: Layer, own: tuple[Tensor, ...]) -> Any:
        if layer.rule in LINEAR:
            return linear_part(own, first=i == 0, wide=wide and i == 0)
        if layer.rule is DROPOUT:
            return Dropout(kept(layer, like, shared))
        if layer.rule is LAYER_NORM:
            return LayerNorm(*(p.unsqueeze(-1) for p in own))
        if layer.rule is BATCH_NORM:
            return BatchNorm(*(p.unsqueeze(-1) for p in own), running[i])
        # activations work entry by entry, so their rules serve as they are
        return layer.rule if layer.rule in ENTRYWISE and not layer.constants else ByRule(layer)

    parts = [part(i, layer, own) for i, (layer, own) in enumerate(zip(layers, learner.params, strict=True))]
    cross_entropy = loss.rule is losses["cross-entropy"] and not loss.constants
    learns = [bool(own) for own in learner.params]
    return FastNetwork([*parts, CrossEntropy() if cross_entropy else Loss(loss)], learner, learns)


def linear_part(own: tuple[Tensor, ...], first: bool, wide: bool) -> Each | Wide:
    """wide: do the units of all models lie side by side, and see one batch?"""
    units, b = own[0].mT, own[1].unsqueeze(-1) if len(own) > 1 else None
    return Wide(units.view(-1, units.shape[-1]), b) if wide else Each(units, b, first)


def kept(layer: Layer, like: Tensor, shared: bool) -> Tensor:
    """The share that dropout keeps (M, 1, 1), or (1, 1, 1) where models of one seed all have the same."""
    p = layer.constants["p"]
    own = p[:1] if shared and (p == p[0]).all() else p
    return (1 - own).to(like).view(-1, 1, 1)
