"""The learning rate from which on gradient descent on all examples goes up instead of down: predicted and measured.

Shapes: x (M, N, I), y (M, N), w and g (M, D), all parameters of a model in one row; rates and losses (M,).
Near a minimum a step multiplies the distance along an eigenvector of the Hessian by 1 - lr eigenvalue, which is below 1
in size for all of them only where lr < 2 / largest eigenvalue: the edge.
Sources: Y. LeCun, P. Simard, B. Pearlmutter, "Automatic learning rate maximization", 1992,
https://proceedings.neurips.cc/paper/1992/hash/30bb3825e8f631cc6075c0f87bb4978c-Abstract.html; what networks make of it,
J. Cohen et al., "Gradient descent on neural networks typically occurs at the edge of stability", 2021,
https://arxiv.org/abs/2103.00065
"""

from typing import NamedTuple

import torch
from torch import Tensor

from ...images.data_set import Split
from ...manual.backprop import Params
from ...manual.network import Layer, stack
from ...manual.optimizer import momentum_init, nesterov, sgd
from ...training.batches import chosen
from ...training.build import build
from ...training.gradients import manual
from ...training.seeding import generator, start
from ...training.setting import Setting
from ..shared.curvature import flat, largest_eigenvalue, relu_product, shaped, softmax_product, unit

MOMENTUM = 0.8  # with it, 400 steps reach the minimum to rounding where the eigenvalues' ratio is about 40
STEPS_TO_MINIMUM = 400
PUSH = 1e-6  # how far from the minimum a descent begins: the loss is a parabola there


class Descent(NamedTuple):
    """M models and the same examples for each. decay: of weights and biases, which gives the loss a minimum."""

    network: list[Layer]
    like: Params
    x: Tensor
    y: Tensor
    decay: float = 0.0

    def gradient(self, w: Tensor) -> tuple[Tensor, Tensor]:
        """(loss without the decay, gradient with it) at w."""
        x, y = self.x.expand(len(w), -1, -1), self.y.expand(len(w), -1)
        loss, found, _ = manual(self.network, shaped(w, self.like), x, y)
        return loss, flat(found) + self.decay * w

    def sharpness(self, w: Tensor, v: Tensor) -> Tensor:
        """The Hessian's largest eigenvalue at w; v (D,) is where the search begins."""
        params = shaped(w, self.like)
        x, y = self.x.expand(len(w), -1, -1), self.y.expand(len(w), -1)
        if sum(map(bool, self.like)) == 1:
            return largest_eigenvalue(lambda v: softmax_product(params, x, v, self.decay), v.expand_as(w))
        return largest_eigenvalue(lambda v: relu_product(params, x, y, v), v.expand_as(w))


def begin(setting: Setting, seed: int, split: Split, decay: float = 0.0) -> tuple[Descent, Tensor, Tensor]:
    """(the descent, a seed's first weights (1, D), a random direction (D,)) on the seed's own examples, in float64."""
    rows = chosen(seed, setting.examples, len(split))
    x, y = split.x[rows].double()[None], split.y[rows][None]
    network = build([setting], x)
    params = stack([start(network, seed, x, setting.initial)])
    w = flat(params)
    v = torch.randn(w.shape[-1], dtype=torch.float64, generator=generator(seed, "direction", 0))
    return Descent(network, params, x, y, decay), w, unit(v)


def first_steps(setting: Setting, seed: int, split: Split, rates: tuple[float, ...]) -> list[float]:
    """How far a first step at each rate moves the weights."""
    descent, w, _ = begin(setting, seed, split)
    _, g = descent.gradient(w)
    return [float((sgd(w, g, (), lr=rate)[0] - w).norm(dim=-1)) for rate in rates]


def edge_at_minimum(
    setting: Setting, seed: int, split: Split, decay: float, ratios: tuple[float, ...], steps: int
) -> dict:
    """Softmax regression, pushed off its minimum: by what factor is it farther away after so many steps?

    ratios: the learning rates, as shares of the predicted edge.
    """
    descent, w, v = begin(setting, seed, split, decay)
    w = minimum(descent, w, lr=1 / descent.sharpness(w, v))
    _, g = descent.gradient(w)
    edge = 2 / descent.sharpness(w, v)
    rates, there = edge * torch.tensor(ratios, dtype=torch.float64), w + PUSH * v.expand(len(ratios), -1)
    for _ in range(steps):
        there, _ = sgd(there, descent.gradient(there)[1], (), lr=rates)
    growth = ((there - w).norm(dim=-1) / PUSH).tolist()
    return {"edge": float(edge), "gradient": float(g.norm(dim=-1)), "growth": growth}


def minimum(descent: Descent, w: Tensor, lr: Tensor) -> Tensor:
    """Where the gradient vanishes, by gradient descent with Nesterov's momentum."""
    state = momentum_init(w)
    for _ in range(STEPS_TO_MINIMUM):
        w, state = nesterov(w, descent.gradient(w)[1], state, lr=lr, momentum=MOMENTUM)
    return w


def off_the_edge(ratios: tuple[float, ...], growth: list[float]) -> float | None:
    """How far from 1 the last ratio that came back to the minimum and the first that did not are; None without both."""
    away = [ratio for ratio, factor in zip(ratios, growth, strict=True) if not factor < 1]
    back = [ratio for ratio in ratios if not away or ratio < away[0]]
    return round(max(abs(back[-1] - 1), abs(away[0] - 1)), 9) if back and away else None


def first_rise(setting: Setting, seed: int, split: Split, ratios: tuple[float, ...], steps: int) -> dict:
    """A ReLU network from its first weights: at which rates does its loss rise within so many steps?

    ratios: the learning rates, as shares of the edge predicted at the first weights, ascending. last: the last of them
    before any at which the loss rose; rose: that one; sharpness: where its loss first rose, times its rate over 2,
    which is 1 on the edge.
    """
    descent, w, v = begin(setting, seed, split)
    edge = 2 / descent.sharpness(w, v)
    rates, w = edge * torch.tensor(ratios, dtype=torch.float64), w.expand(len(ratios), -1)
    before, rose, turn = torch.full((len(ratios),), torch.inf), torch.zeros(len(ratios), dtype=torch.bool), w
    for _ in range(steps):
        loss, g = descent.gradient(w)
        now = ~rose & ~(loss <= before)
        turn = torch.where(now[:, None], w, turn)
        before, rose = loss, rose | now
        w, _ = sgd(w, g, (), lr=rates)
    first = rose.tolist().index(True) if rose.any() else None
    calm = ratios[:first]
    there = None if first is None else float(descent.sharpness(turn[first, None], v) * rates[first] / 2)
    rose_at = None if first is None else ratios[first]
    return {"edge": float(edge), "last": calm[-1] if calm else 0.0, "rose": rose_at, "sharpness": there}
