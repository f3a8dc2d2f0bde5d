"""Learning-rate schedules: torch's own beside ours, in one table."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch.optim import lr_scheduler

from ..manual.learning_rate import constant, cosine, exponential, one_cycle, step, warm_up, warm_up_cosine


class Schedule(NamedTuple):
    """One row per schedule: factor(t, **constants), and reference(optimizer, **constants), torch's own."""

    factor: Callable[..., float]
    reference: Callable[..., lr_scheduler.LRScheduler]


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


schedules = {
    "constant": Schedule(constant, torch_constant),
    "step": Schedule(step, torch_step),
    "exponential": Schedule(exponential, lr_scheduler.ExponentialLR),
    "cosine": Schedule(cosine, torch_cosine),
    "warm-up": Schedule(warm_up, torch_warm_up),
    "warm-up cosine": Schedule(warm_up_cosine, torch_warm_up_cosine),
    "one-cycle": Schedule(one_cycle, torch_one_cycle),
}
