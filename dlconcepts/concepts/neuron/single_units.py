"""What a unit is made of: its sum by hand, its bias, and what training does to its weights.

Shapes: x (N, I), W (I, O), b (O,), z (N, O).
"""

from itertools import chain, count, islice, pairwise

import torch
from torch import Tensor

from ...images.data_set import SIDE, Split
from ...manual.backprop import Params, forward
from ...manual.network import Layer
from ...rules.verify import error
from ...training.batches import batches, feed
from ...training.build import as_input, as_target, build
from ...training.gradients import manual
from ...training.seeding import start
from ...training.setting import Setting
from ...training.stacks import Model
from .connections import weighted


def by_hand(x: list[float], w: list[float], b: float) -> float:
    """A unit's weighted sum as one does it on paper: product by product, then the bias."""
    z = 0.0
    for value, weight in zip(x, w, strict=True):
        z += value * weight
    return z + b


def sums(network: list[Layer], params: Params, x: Tensor) -> dict[str, float]:
    """The first layer's sums in float64, against those by hand and torch's, and its parameters against n + 1 a unit.

    intercept: how far the sums, less the products, are from the biases for any of the examples.
    """
    W, b = (p.double() for p in params[0])
    x = x.double()
    z, _ = forward(network[:1], [(W, b)], x)
    hand = [[by_hand(row, w, bias) for w, bias in zip(W.mT.tolist(), b.tolist(), strict=True)] for row in x.tolist()]
    return {
        "by hand": error(torch.tensor(hand, dtype=z.dtype, device=z.device), z),
        "by torch": error(torch.nn.functional.linear(x, W.mT, b), z),
        "parameters amiss": abs(sum(p.numel() for p in params[0]) - (len(W) + 1) * W.shape[1]),
        "intercept": error(z - x @ W, b.expand_as(z)),
    }


def moved(now: Tensor, first: Tensor) -> float | None:
    """How far training has moved numbers, as a share of how long they were at first; None where all were 0."""
    return float((now.double() - first.double()).norm() / first.double().norm()) if first.any() else None


def active_at_zero(network: list[Layer], params: Params, like: Tensor) -> float:
    """The share of the first hidden layer's units above 0 when every input is 0."""
    h, _ = forward(network[:2], params[:2], torch.zeros_like(like[:1]))
    return float((h > 0).double().mean())


def below_one(network: list[Layer], params: Params) -> list[float]:
    """The share of each layer's weights whose size is below 1, first layer to last."""
    return [float((params[i][0].abs() < 1).double().mean()) for i in weighted(network)]


def never_lit(params: Params, first: Params, x: Tensor) -> dict[str, float]:
    """The pixels that are 0 in every training example: how many, how far their weights have moved from the first ones
    at most, and how large these are beside those of the other pixels (root mean squares)."""
    dark = x.amax(0) == 0
    W, W0 = params[0][0], first[0][0]
    if not dark.any():
        return {"count": 0, "moved": 0.0, "size": 0.0}
    size = W[dark].square().mean().sqrt() / W[~dark].square().mean().sqrt()
    return {"count": int(dark.sum()), "moved": float((W - W0)[dark].abs().max()), "size": float(size)}


def picture(w: Tensor) -> list[list[float]]:
    """A unit's weights as an image, to three digits."""
    return [[round(value, 3) for value in row] for row in w.view(SIDE, SIDE).tolist()]


def single_steps(setting: Setting, seed: int, split: Split, steps: int) -> dict[str, float]:
    """Of so many steps of plain gradient descent, the share after which the loss was higher: of the very batch that
    the step was made for, and of all the examples."""
    network, fed = build([setting], split.x), feed(split, [Model("", setting, seed)])
    params = start(network, seed, split.x, setting.initial)
    everything = ready(split.x, split.y, setting)
    losses, rose = [loss_of(network, params, *everything)], 0
    for x, y in islice(chain.from_iterable(batches(fed, epoch) for epoch in count()), steps):
        batch = ready(x[0], y[0], setting)
        loss, dparams, _ = manual(network, params, *batch)
        params = stepped(params, dparams, setting.lr)
        rose += loss_of(network, params, *batch) > float(loss)
        losses.append(loss_of(network, params, *everything))
    return {"own batch": rose / steps, "all examples": sum(b > a for a, b in pairwise(losses)) / steps}


def ready(x: Tensor, y: Tensor, setting: Setting) -> tuple[Tensor, Tensor]:
    """Examples and targets as the network and its loss take them."""
    return as_input(x, setting), as_target(y, x, setting)


def loss_of(network: list[Layer], params: Params, x: Tensor, target: Tensor) -> float:
    return float(forward(network, [*params, (target,)], x)[0])


def stepped(params: Params, dparams: Params, lr: float) -> Params:
    return [tuple(p - lr * dp for p, dp in zip(*layer, strict=True)) for layer in zip(params, dparams, strict=True)]
