"""What is remembered while a stack trains: its curves and, with early stopping, each model's best weights.

Shapes: losses and accuracies (M,), one per model; a parameter (M, ...).
Source of early stopping: L. Prechelt, "Early stopping - but when?", 1998, https://doi.org/10.1007/3-540-49430-8_3
"""

import torch
from torch import Tensor

from ..manual.backprop import Params
from ..manual.inputs import per_model
from .step import Stack

CURVES = ("training loss", "validation loss", "validation accuracy", "distance moved")


class History:
    """One value per epoch and model. With patience 0 nothing stops early and no weights are kept."""

    def __init__(self, M: int, patience: int):
        self.patience = patience
        self.curves: dict[str, list[Tensor]] = {name: [] for name in CURVES}
        self.best = torch.full((M,), torch.inf, dtype=torch.float64)
        self.best_epoch = torch.zeros(M, dtype=torch.int64)
        self.ended = torch.zeros(M, dtype=torch.int64)  # the epoch, from 1, after which a model stopped; 0: it goes on
        self.kept: Stack | None = None

    def add(
        self, training_loss: Tensor, validation_loss: Tensor, validation_accuracy: Tensor, moved: Tensor, now: Stack
    ) -> None:
        """Remembers the epoch that has just ended; `moved` is how far each model's weights are from where it began."""
        values = (training_loss, validation_loss, validation_accuracy, moved)
        for curve, value in zip(self.curves.values(), values, strict=True):
            curve.append(value.cpu())
        if self.patience:
            self.keep_the_better(validation_loss.cpu(), now)

    def keep_the_better(self, loss: Tensor, now: Stack) -> None:
        """Takes the weights of the models whose loss is a new best; stops those that have waited long enough."""
        epoch = len(self.curves[CURVES[0]])
        going_on = self.ended == 0
        better = going_on & (loss < self.best)  # never for NaN
        self.best = torch.where(better, loss, self.best)
        self.best_epoch = torch.where(better, epoch, self.best_epoch)
        self.ended = torch.where(going_on & (epoch - self.best_epoch >= self.patience), epoch, self.ended)
        self.kept = merged(better, now, self.kept or now)

    def last_steps(self, steps_an_epoch: int) -> list[int | None]:
        """How many steps each model took before it stopped; None where it did not."""
        return [epoch * steps_an_epoch or None for epoch in self.ended.tolist()]

    def all_stopped(self) -> bool:
        return bool((self.ended > 0).all())

    def chosen(self, now: Stack) -> Stack:
        """The stack to evaluate: each model with its best weights, or as it is without early stopping."""
        return self.kept or now

    def of_model(self, m: int) -> dict[str, list[float]]:
        """Model m's curves, up to where it stopped."""
        end = int(self.ended[m]) or None
        return {name: [float(value[m]) for value in curve[:end]] for name, curve in self.curves.items()}


def merged(better: Tensor, now: Stack, kept: Stack) -> Stack:
    """Parameters and running statistics of `now` for the better models and of `kept` for the others, copied."""

    def pick(new: Tensor, old: Tensor) -> Tensor:
        return torch.where(per_model(better.to(new.device), new), new, old)

    params = [
        tuple(pick(p, q) for p, q in zip(*layer, strict=True)) for layer in zip(now.params, kept.params, strict=True)
    ]
    running = {
        i: new._replace(mean=pick(new.mean, kept.running[i].mean), var=pick(new.var, kept.running[i].var))
        for i, new in now.running.items()
    }
    return Stack(params, now.state, running)


def copied(params: Params) -> Params:
    """The same numbers, which the fast path will not change."""
    return [tuple(p.clone() for p in layer) for layer in params]


def distance(a: Params, b: Params) -> Tensor:
    """How far apart two points in weight space are, for each model (M,)."""
    pairs = [pair for layers in zip(a, b, strict=True) for pair in zip(*layers, strict=True)]
    return sum((p - q).double().square().flatten(1).sum(-1) for p, q in pairs).sqrt()


def mean_loss(losses: list[Tensor], sizes: list[int]) -> Tensor:
    """The mean (M,) over an epoch's examples from its batches' means; a budget may end before the last of the sizes."""
    weights = torch.tensor(sizes[: len(losses)], dtype=torch.float64).unsqueeze(-1)
    return (torch.stack(losses) * weights.to(losses[0].device)).sum(0) / weights.sum()
