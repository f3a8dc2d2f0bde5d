"""Learning-rate schedules: torch's own beside ours, in one table."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch.optim import lr_scheduler

from ..manual.decay import inverse_square_root, multi_step, polynomial, warm_up_stable_decay
from ..manual.learning_rate import constant, cosine, exponential, one_cycle, step, warm_up, warm_up_cosine
from ..manual.warm_restarts import warm_restarts


class Schedule(NamedTuple):
    """One row per schedule: factor(t, **constants), and reference(optimizer, **constants), torch's own."""

    factor: Callable[..., float]
    reference: Callable[..., lr_scheduler.LRScheduler]


Scheduler = lr_scheduler.LRScheduler


def torch_constant(optimizer: torch.optim.Optimizer) -> lr_scheduler.ConstantLR:
    return lr_scheduler.ConstantLR(optimizer, factor=1.0)


def torch_step(optimizer: torch.optim.Optimizer, every: int, **constants: Any) -> lr_scheduler.StepLR:
    return lr_scheduler.StepLR(optimizer, every, **constants)


def torch_cosine(optimizer: torch.optim.Optimizer, steps: int, lowest: float = 0.0) -> lr_scheduler.CosineAnnealingLR:
    return lr_scheduler.CosineAnnealingLR(optimizer, steps, eta_min=lowest * optimizer.param_groups[0]["lr"])


def torch_warm_up(optimizer: torch.optim.Optimizer, steps: int, start: float = 1 / 3) -> lr_scheduler.LinearLR:
    return lr_scheduler.LinearLR(optimizer, start, total_iters=steps)


def torch_warm_up_cosine(
    optimizer: torch.optim.Optimizer, steps: int, rise: int, start: float = 1 / 3, lowest: float = 0.0
) -> lr_scheduler.SequentialLR:
    parts = [torch_cosine(optimizer, steps - rise, lowest), torch_warm_up(optimizer, rise, start)]
    return lr_scheduler.SequentialLR(optimizer, parts[::-1], milestones=[rise])


def torch_one_cycle(optimizer: torch.optim.Optimizer, steps: int, **constants: Any) -> lr_scheduler.OneCycleLR:
    lr = optimizer.param_groups[0]["lr"]
    return lr_scheduler.OneCycleLR(optimizer, lr, steps, cycle_momentum=False, **constants)


def torch_warm_restarts(
    optimizer: torch.optim.Optimizer, first: int, growth: int = 1, lowest: float = 0.0
) -> Scheduler:
    lowest *= optimizer.param_groups[0]["lr"]
    return lr_scheduler.CosineAnnealingWarmRestarts(optimizer, first, growth, eta_min=lowest)


def torch_polynomial(optimizer: torch.optim.Optimizer, steps: int, power: float = 1.0) -> Scheduler:
    return lr_scheduler.PolynomialLR(optimizer, steps, power)


def torch_multi_step(optimizer: torch.optim.Optimizer, milestones: Sequence[int], gamma: float = 0.1) -> Scheduler:
    return lr_scheduler.MultiStepLR(optimizer, list(milestones), gamma)


def torch_inverse_square_root(optimizer: torch.optim.Optimizer, rise: int) -> Scheduler:
    """torch has none: the authors' formula, less its constant factor."""
    return lr_scheduler.LambdaLR(optimizer, lambda t: min((t + 1) ** -0.5, (t + 1) * rise**-1.5) * rise**0.5)


def torch_warm_up_stable_decay(
    optimizer: torch.optim.Optimizer, steps: int, rise: int, fall: int, start: float = 1 / 3, lowest: float = 0.0
) -> Scheduler:
    parts = [
        lr_scheduler.LinearLR(optimizer, 1.0, lowest, total_iters=fall),
        lr_scheduler.ConstantLR(optimizer, factor=1.0),
        torch_warm_up(optimizer, rise, start),
    ]
    return lr_scheduler.SequentialLR(optimizer, parts[::-1], milestones=[rise, steps - fall])


schedules = {
    "constant": Schedule(constant, torch_constant),
    "step": Schedule(step, torch_step),
    "exponential": Schedule(exponential, lr_scheduler.ExponentialLR),
    "cosine": Schedule(cosine, torch_cosine),
    "warm-up": Schedule(warm_up, torch_warm_up),
    "warm-up cosine": Schedule(warm_up_cosine, torch_warm_up_cosine),
    "one-cycle": Schedule(one_cycle, torch_one_cycle),
    "warm restarts": Schedule(warm_restarts, torch_warm_restarts),
    "polynomial": Schedule(polynomial, torch_polynomial),
    "multi-step": Schedule(multi_step, torch_multi_step),
    "inverse square root": Schedule(inverse_square_root, torch_inverse_square_root),
    "warm-up-stable-decay": Schedule(warm_up_stable_decay, torch_warm_up_stable_decay),
}
