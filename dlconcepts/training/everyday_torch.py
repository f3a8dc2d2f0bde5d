"""The same training as one writes it every day: a torch.nn model, autograd, a torch.optim optimizer, a plain loop.

It starts from our first weights and sees the examples in our order, so that the two can be compared number by number.
"""

from collections.abc import Callable, Iterator
from itertools import islice

import torch
from torch import Tensor, nn
from torch.optim import lr_scheduler

from ..images.data_set import Data
from ..images.pixel_forms import inputs
from .batches import batches, feed
from .budget import batch_sizes, epochs, joins, steps
from .build import build
from .seeding import start
from .setting import Setting
from .stacks import Model


def begin(model: nn.Module, setting: Setting, data: Data, seed: int) -> nn.Module:
    """The model with our first weights in its layers that have weights, first to last."""
    network = build([setting], data.train.x)
    ours = [p for p in start(network, seed, data.train.x, setting.initial) if p and p[0].ndim > 1]
    theirs = [part for part in model.modules() if isinstance(part, nn.Linear | nn.Conv2d)]
    model.to(data.train.x.dtype)
    with torch.no_grad():
        for layer, (W, *b) in zip(theirs, ours, strict=True):
            layer.weight.copy_(W.mT if W.ndim == 2 else W)
            if b:
                layer.bias.copy_(b[0])
    return model


def examples(data: Data, setting: Setting, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
    """All batches of a training, in order: x (B, 784), y (B,), the pixels in the setting's form."""
    fed = feed(inputs[setting.inputs](data).train, [Model("", setting, seed)])
    shown = ((x[0], y[0]) for epoch in range(epochs(setting, data)) for x, y in batches(fed, epoch))
    return islice(shown, steps(setting, data))


def fit(
    model: nn.Module,
    loss_of: Callable[[Tensor, Tensor], Tensor],
    optimizer: torch.optim.Optimizer,
    shown: Iterator[tuple[Tensor, Tensor]],
    scheduler: lr_scheduler.LRScheduler | None = None,
    penalty: Callable[[], Tensor] | None = None,
) -> list[float]:
    """Trains the model, a penalty on its weights added if there is one; the loss of each step without it."""
    losses = []
    for x, y in shown:
        loss = loss_of(model(x), y)
        optimizer.zero_grad()
        (loss + penalty() if penalty else loss).backward()
        optimizer.step()
        if scheduler:
            scheduler.step()
        losses.append(loss.item())
    return losses


def by_epoch(losses: list[float], setting: Setting, n: int) -> list[float]:
    """The mean loss of each epoch of n examples, its last batch maybe smaller: our training loss's curve.

    A budget of steps may end within an epoch.
    """
    sizes = batch_sizes(n, setting.batch_size, joins(setting))
    steps = len(sizes)
    cut = [losses[i : i + steps] for i in range(0, len(losses), steps)]
    return [
        sum(loss * size for loss, size in zip(epoch, sizes, strict=False)) / sum(sizes[: len(epoch)]) for epoch in cut
    ]


activations: dict[str, type[nn.Module]] = {
    **{"identity": nn.Identity, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU, "leaky relu": nn.LeakyReLU},
    **{"elu": nn.ELU, "gelu": nn.GELU, "silu": nn.SiLU, "softplus": nn.Softplus},
    **{"selu": nn.SELU, "hard sigmoid": nn.Hardsigmoid, "hardswish": nn.Hardswish, "mish": nn.Mish},
}


def scheduler(optimizer: torch.optim.Optimizer, setting: Setting, steps: int) -> lr_scheduler.LRScheduler:
    """torch's own schedules, fitted to so many steps and stepped after each: one hundredth is left in the end."""
    rise = round(steps / 10)
    return {
        "constant": lambda: lr_scheduler.ConstantLR(optimizer, 1.0),
        "step": lambda: lr_scheduler.StepLR(optimizer, -(-steps // 4), gamma=0.01 ** (1 / 3)),
        "exponential": lambda: lr_scheduler.ExponentialLR(optimizer, 0.01 ** (1 / steps)),
        "cosine": lambda: lr_scheduler.CosineAnnealingLR(optimizer, steps),
        "warm-up": lambda: lr_scheduler.LinearLR(optimizer, 1 / 3, total_iters=rise),
        "warm-up cosine": lambda: lr_scheduler.SequentialLR(
            optimizer,
            [
                lr_scheduler.LinearLR(optimizer, 1 / 3, total_iters=rise),
                lr_scheduler.CosineAnnealingLR(optimizer, steps - rise),
            ],
            milestones=[rise],
        ),
        "one-cycle": lambda: lr_scheduler.OneCycleLR(optimizer, setting.lr, steps, cycle_momentum=False),
    }[setting.schedule]()
