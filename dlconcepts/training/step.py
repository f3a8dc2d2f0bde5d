"""One training step of a stack: loss, gradients, penalties, clipping, the optimizer's update.

Shapes: x (M, B, ...), target (M, B) or (M, B, K), loss (M,), a parameter (M, ...); a number per model (M,).
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from ..manual.backprop import Params
from ..manual.batch_norm import Running
from ..manual.clipping import clip_by_norm
from ..manual.network import Layer
from ..manual.regularization import l1_penalty_backward, l2_penalty_backward, soft_threshold
from ..rules.learning_rate import schedules
from ..rules.optimizer import OF_MATRICES, Optimizer, optimizers
from .batches import Feed
from .build import as_input, as_target, masks, next_statistics, numbers
from .fast.network import FastNetwork, has_fast_parts
from .fast.updates import updates
from .gradients import sources
from .setting import Setting

FINAL = 0.01  # what "step" and "exponential" leave of the learning rate by the end of training
CUTS = 3  # the stairs of "step"
RISE = 0.1  # the share of training that a warm-up takes
FALL = 0.2  # and the share that the fall of "warm-up-stable-decay" takes


class Numbers(NamedTuple):
    """The numbers of a stack's models, (M,) each; None where no model of the stack has any use for one."""

    lr: Tensor
    l1: Tensor | None
    l2: Tensor | None
    proximal_l1: Tensor | None
    clip_norm: Tensor | None
    weight_decay: Tensor | None
    optimizer: dict[str, Tensor]


def numbers_of(models: list[Setting], like: Tensor) -> Numbers:
    """The models' numbers, on like's device and in its precision."""

    def used(name: str) -> Tensor | None:
        values = numbers(models, name).to(like)
        return values if values.any() else None

    takes_momentum = models[0].optimizer in ("momentum", "nesterov")
    clip = used("clip_norm")
    return Numbers(
        lr=numbers(models, "lr").to(like),
        l1=used("l1"),
        l2=used("l2"),
        proximal_l1=used("proximal_l1"),
        clip_norm=None if clip is None else torch.where(clip > 0, clip, torch.inf),
        weight_decay=used("weight_decay"),
        optimizer={"momentum": numbers(models, "momentum").to(like)} if takes_momentum else {},
    )


def schedule_constants(name: str, steps: int) -> dict[str, Any]:
    """What a schedule needs to know to fit a training of so many steps."""
    return {
        "step": {"every": max(1, -(-steps // (CUTS + 1))), "gamma": FINAL ** (1 / CUTS)},
        "exponential": {"gamma": FINAL ** (1 / steps)},
        "cosine": {"steps": steps},
        "warm-up": {"steps": max(1, round(RISE * steps))},
        "warm-up cosine": {"steps": max(2, steps), "rise": max(1, round(RISE * steps))},
        "one-cycle": {"steps": steps},
        "warm restarts": {"first": -(-steps // 7), "growth": 2},  # three periods: 1, 2 and 4 sevenths
        "polynomial": {"steps": steps},
        "multi-step": {"milestones": (max(1, steps // 2), max(1, 3 * steps // 4)), "gamma": FINAL**0.5},
        "inverse square root": {"rise": max(1, round(RISE * steps))},
        "warm-up-stable-decay": {
            **{"steps": max(2, steps), "rise": max(1, round(RISE * steps)), "fall": max(1, round(FALL * steps))},
        },
    }.get(name, {})


class Plan(NamedTuple):
    """What stays the same during a training: models, network and numbers, where gradients come from, how many steps.

    fed: what the models are shown; if it sorts the pixels, the first layer's weights are sorted too.
    """

    models: list[Setting]
    seeds: list[int]
    network: list[Layer]
    own: Numbers
    schedule: dict[str, Any]
    gradients: str
    steps: int
    fed: Feed

    def lr(self, t: int) -> Tensor:
        """Each model's learning rate at step t."""
        factor = schedules[self.models[0].schedule].factor(t, **self.schedule)
        return self.own.lr if factor == 1 else self.own.lr * factor


class Stack(NamedTuple):
    """What a step changes: parameters, the optimizer's state beside each, the batch norms' running statistics.

    fast: the network as the fast path has it, which holds these very parameters and statistics and changes them in
    place, where `is_fast`; without it the plain way is taken.
    """

    params: Params
    state: list[tuple]
    running: dict[int, Running]
    fast: FastNetwork | None = None


def advance(plan: Plan, stack: Stack, t: int, x: Tensor, y: Tensor) -> tuple[Stack, Tensor]:
    """The stack after step t on a batch, and the loss of each model before it."""
    setting = plan.models[0]
    target = as_target(y, x, setting)
    dropped = {i: mask.to(x.device) for i, mask in masks(plan.network, plan.models, plan.seeds, t, y.shape[-1]).items()}
    if stack.fast:
        return stack, stack.fast.step(x, target, plan.lr(t), dropped)
    x = as_input(x, setting)
    inputs = [(*p, dropped[i]) if i in dropped else p for i, p in enumerate(stack.params)]
    loss, dparams, tape = sources[plan.gradients](plan.network, inputs, x, target)
    params, state = update(plan, stack.params, penalized(plan.own, stack.params, dparams), stack.state, plan.lr(t))
    return Stack(params, state, next_statistics(stack.running, tape)), loss


def is_fast(plan: Plan) -> bool:
    """Can the fast path take this training?"""
    return plan.gradients == "manual" and plan.models[0].optimizer in updates and has_fast_parts(plan.network)


def is_plain_descent(own: Numbers, setting: Setting) -> bool:
    """Is a step the gradient times the learning rate, and nothing else?"""
    extras = (own.l1, own.l2, own.proximal_l1, own.clip_norm, own.weight_decay)
    return setting.optimizer == "sgd" and all(extra is None for extra in extras)


def penalized(own: Numbers, params: Params, dparams: Params) -> Params:
    """The gradients with those of the penalties on weights, biases spared; then each model's clipped as one vector."""
    ones = torch.ones_like(own.lr)
    for lam, penalty_backward in [(own.l1, l1_penalty_backward), (own.l2, l2_penalty_backward)]:
        if lam is not None:
            dparams = [
                tuple(
                    dp + penalty_backward(ones, p, lam)[0] if is_weight(p) else dp for p, dp in zip(*layer, strict=True)
                )
                for layer in zip(params, dparams, strict=True)
            ]
    if own.clip_norm is None:
        return dparams
    clipped, _ = clip_by_norm([dp for layer in dparams for dp in layer], own.clip_norm, models=1)
    remaining = iter(clipped)
    return [tuple(next(remaining) for _ in layer) for layer in dparams]


def is_weight(p: Tensor) -> bool:
    """Weights (M, I, O) and kernels are; biases and the scales of norms (M, O) are not."""
    return p.ndim > 2


def optimizer_of(name: str, p: Tensor) -> Optimizer:
    """The optimizer of a parameter (M, ...): one that is for matrices leaves all others to another."""
    return optimizers[OF_MATRICES[name] if name in OF_MATRICES and p.ndim != 3 else name]


def update(plan: Plan, params: Params, dparams: Params, state: list, lr: Tensor) -> tuple[Params, list]:
    """The optimizer's step for every parameter, and the soft threshold for every weight if that is wanted."""
    name, own = plan.models[0].optimizer, plan.own
    decay = 0.0 if own.weight_decay is None else own.weight_decay
    stepped = [
        [
            optimizer_of(name, p).update(p, dp, s, lr, weight_decay=decay, **own.optimizer)
            for p, dp, s in zip(*layer, strict=True)
        ]
        for layer in zip(params, dparams, state, strict=True)
    ]
    params = [tuple(p for p, _ in layer) for layer in stepped]
    if own.proximal_l1 is not None:
        threshold = lr * own.proximal_l1
        params = [tuple(soft_threshold(p, threshold) if is_weight(p) else p for p in layer) for layer in params]
    return params, [tuple(s for _, s in layer) for layer in stepped]
