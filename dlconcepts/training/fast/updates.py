"""The optimizers' updates in place, one model at a time.

Shapes: p and g (P,), all of a model's parameters and their gradients end to end, and state, a few tensors like them;
the numbers are plain ones. The formulas are those of manual/optimizer.py and manual/adaptive_optimizer.py with their
default values. An update may write what it likes into g.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from ..setting import Setting


def sgd(p: Tensor, g: Tensor, state: list[Tensor], t: int, lr: float, own: Setting) -> None:
    """p - lr g"""
    p.add_(g, alpha=-lr)


def momentum(p: Tensor, g: Tensor, state: list[Tensor], t: int, lr: float, own: Setting) -> None:
    """v = momentum v + g, from v = 0; p - lr v"""
    (v,) = state
    torch.add(g, v, alpha=own.momentum, out=v)
    p.add_(v, alpha=-lr)


def nesterov(p: Tensor, g: Tensor, state: list[Tensor], t: int, lr: float, own: Setting) -> None:
    """v as above; p - lr (g + momentum v)"""
    (v,) = state
    torch.add(g, v, alpha=own.momentum, out=v)
    p.add_(g, alpha=-lr).add_(v, alpha=-lr * own.momentum)


def adagrad(p: Tensor, g: Tensor, state: list[Tensor], t: int, lr: float, own: Setting) -> None:
    """total = total + g^2; p - lr g / (sqrt(total) + eps)"""
    (total,) = state
    total.addcmul_(g, g)
    p.addcdiv_(g, total.sqrt().add_(1e-10), value=-lr)


def rmsprop(p: Tensor, g: Tensor, state: list[Tensor], t: int, lr: float, own: Setting) -> None:
    """v = .99 v + .01 g^2; p - lr g / (sqrt(v) + eps)"""
    (v,) = state
    v.mul_(0.99).addcmul_(g, g, value=1 - 0.99)
    p.addcdiv_(g, v.sqrt().add_(1e-8), value=-lr)


def adam(p: Tensor, g: Tensor, state: list[Tensor], t: int, lr: float, own: Setting) -> None:
    """p - lr m^ / (sqrt(v^) + eps), m^ = m / (1 - .9^t), v^ = v / c^2, c^2 = 1 - .999^t

    Numerator and denominator are multiplied by c, which saves the pass that divides v.
    """
    m, v = state
    m.lerp_(g, 1 - 0.9)
    v.mul_(0.999).addcmul_(g, g, value=1 - 0.999)
    c = (1 - 0.999**t) ** 0.5
    p.addcdiv_(m, torch.sqrt(v, out=g).add_(1e-8 * c), value=-lr * c / (1 - 0.9**t))


def adamw(p: Tensor, g: Tensor, state: list[Tensor], t: int, lr: float, own: Setting) -> None:
    """Adam's step from p (1 - lr weight_decay)"""
    p.mul_(1 - lr * own.weight_decay)
    adam(p, g, state, t, lr, own)


class Update(NamedTuple):
    """tensors: how many the optimizer remembers, all 0 at first. decays: weight decay is its own affair."""

    move: Callable[[Tensor, Tensor, list[Tensor], int, float, Setting], None]
    tensors: int
    decays: bool = False


updates = {
    "sgd": Update(sgd, 0),
    "momentum": Update(momentum, 1),
    "nesterov": Update(nesterov, 1),
    "adagrad": Update(adagrad, 1),
    "rmsprop": Update(rmsprop, 1),
    "adam": Update(adam, 2),
    "adamw": Update(adamw, 2, decays=True),
}
