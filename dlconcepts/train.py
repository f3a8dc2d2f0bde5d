"""Training: many models at once, each as if it were alone.

Shapes: a batch x (M, B, I); a parameter (M, ...); losses and accuracies (M,).
A stack holds models that agree in all that decides shapes or code; see seeding.py for what makes arms comparable.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor

from .data import Data, Split
from .gradients import sources
from .manual.backprop import Params, forward
from .manual.network import Layer, mlp, stack, unstack
from .manual.optimizer import optimizers
from .records import Run, plain
from .seeding import batches, start
from .setting import Setting

STACK = 16  # models at most: fixed, so that results do not depend on the memory that happens to be free
SHARING = 4  # from so many arms of a code on, each seed gets its own stacks, whose models share every batch
EVALUATED = 1000  # examples a forward pass when nothing is learned

Observe = Callable[[list[Layer], Params, Data], dict[str, Any]]


class Model(NamedTuple):
    """One model to train: an arm and a seed."""

    label: str
    setting: Setting
    seed: int


def train(
    settings: dict[str, Setting],
    seeds: list[int],
    data: Data,
    gradients: str = "manual",
    device: str = "cpu",
    observe: Observe | None = None,
    progress: Callable[[int], object] = lambda epochs: None,
) -> list[Run]:
    """One run per arm and seed, arms first.

    observe(network, params, data) sees each trained model and returns plain numbers for `Run.extra`; progress(n) is
    told of every n model-epochs done. Raises ValueError for a batch larger than the training split.
    """
    for label, setting in settings.items():
        if setting.batch_size > len(data.train):
            raise ValueError(
                f"{label}: batch_size={setting.batch_size}: expected at most the {len(data.train)} training examples"
            )
    data = data.to(device)
    found = {}
    for models in stacks(settings, seeds):
        for model, run in zip(models, train_stack(models, data, gradients, observe, progress), strict=True):
            found[model.label, model.seed] = run
    return [found[label, seed] for label in settings for seed in seeds]


def stacks(settings: dict[str, Setting], seeds: list[int]) -> Iterator[list[Model]]:
    """The models in groups of at most STACK that agree in code."""
    for code in dict.fromkeys(setting.code() for setting in settings.values()):
        arms = {label: setting for label, setting in settings.items() if setting.code() == code}
        models = [Model(label, setting, seed) for seed in seeds for label, setting in arms.items()]
        together = len(arms) if len(arms) >= SHARING else len(models)
        for group in cut(models, together):
            yield from cut(group, STACK)


def cut(items: list, size: int) -> Iterator[list]:
    """The list in pieces of `size`, the last maybe smaller."""
    return (items[i : i + size] for i in range(0, len(items), size))


def train_stack(
    models: list[Model], data: Data, gradients: str, observe: Observe | None, progress: Callable[[int], object]
) -> list[Run]:
    """Trains models that agree in code: evaluated on validation after every epoch, on test once, at the end."""
    setting, seeds = models[0].setting, [model.seed for model in models]
    network = build(setting, data)
    params = stack([start(network, seed, data.train.x) for seed in seeds])
    state = [tuple(optimizers[setting.optimizer].init(p) for p in layer) for layer in params]
    lr = data.train.x.new_tensor([model.setting.lr for model in models])
    losses: list[Tensor] = []
    curves: dict[str, list[Tensor]] = {"training loss": [], "validation loss": [], "validation accuracy": []}
    for epoch in range(setting.epochs):
        total = torch.zeros_like(lr)
        for x, y in batches(data.train, seeds, epoch, setting.batch_size):
            loss, found = sources[gradients](network, params, x, y)
            params, state = update(setting, params, found, state, lr)
            losses.append(loss)
            total += loss * y.shape[-1]
        validation = evaluate(network, params, data.validation)
        for curve, value in zip(curves.values(), (total / len(data.train), *validation), strict=True):
            curve.append(value)
        progress(len(models))
    final = dict(zip(("test loss", "test accuracy"), evaluate(network, params, data.test), strict=True))
    diverged = first_not_finite(torch.stack(losses))
    return [
        Run(
            model.label,
            model.seed,
            "diverged" if diverged[m] else "ok",
            diverged[m],
            {name: [plain(float(value[m])) for value in curve] for name, curve in curves.items()},
            {name: None if diverged[m] else plain(float(value[m])) for name, value in final.items()},
            observe(network, unstack(params, m), data) if observe and not diverged[m] else {},
        )
        for m, model in enumerate(models)
    ]


def build(setting: Setting, data: Data) -> list[Layer]:
    """The network that a setting describes, for this data's inputs and classes."""
    return mlp([data.train.x.shape[-1], *setting.hidden, data.classes], setting.activation, setting.loss)


def update(setting: Setting, params: Params, dparams: Params, state: list, lr: Tensor) -> tuple[Params, list]:
    """One optimizer step for every parameter of every layer."""
    step = optimizers[setting.optimizer].update
    stepped = [
        [step(p, dp, s, lr) for p, dp, s in zip(*layer, strict=True)]
        for layer in zip(params, dparams, state, strict=True)
    ]
    return [tuple(p for p, _ in layer) for layer in stepped], [tuple(s for _, s in layer) for layer in stepped]


def evaluate(network: list[Layer], params: Params, split: Split) -> tuple[Tensor, Tensor]:
    """Mean loss and accuracy of each model (M,) on a split. A tie counts for the first class."""
    M = len(params[0][0])
    loss, correct = torch.zeros(2, M, dtype=torch.float64, device=split.x.device)
    for first in range(0, len(split), EVALUATED):
        x, y = (part[first : first + EVALUATED] for part in (split.x, split.y))
        z, _ = forward(network[:-1], params, x.expand(M, *x.shape))
        target = y.expand(M, *y.shape)
        mean, _ = network[-1].rule.forward(z, target, **network[-1].constants)
        loss += mean * len(y)
        correct += (z.argmax(-1) == target).sum(-1)
    return loss / len(split), correct / len(split)


def first_not_finite(losses: Tensor) -> list[int | None]:
    """For each model the step, counted from 1, whose loss (steps, M) was NaN or infinite; None where none was."""
    bad = ~losses.isfinite()
    return [int(column.nonzero()[0]) + 1 if column.any() else None for column in bad.mT]
