"""Gradients from values of the loss alone: how far off are they, and how does that depend on the step?

Shapes: x (B, I), y (B,), parameters of one model; all P of them in one row; errors one per step.
A difference over a finite step h leaves out the loss's bends, an error that grows with h (one-sided) or with h^2
(central); and it subtracts two numbers that agree in most of their digits, an error of rounding over h. So the error
over h is a V, and the best h is neither large nor small.
Source: N. J. Higham, "Accuracy and Stability of Numerical Algorithms", 2002, section 1.14.1; P. E. Gill, W. Murray,
M. H. Wright, "Practical Optimization", 1981, section 4.6.
"""

from math import log10

import torch
from torch import Tensor

from ...manual.backprop import Params, forward
from ...manual.network import Layer
from ..shared.curvature import flat, shaped


def losses(network: list[Layer], like: Params, w: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """The losses (M,) at points w (M, P) in weight space, all of them at once; like: a stack of one model."""
    loss, _ = forward(network, [*shaped(w, like), (y.expand(len(w), -1),)], x.expand(len(w), -1, -1))
    return loss


def differences(network: list[Layer], params: Params, x: Tensor, y: Tensor, h: float, central: bool) -> Tensor:
    """The gradient (P,) from losses at each parameter plus h and, if central, at each less h."""
    like = [tuple(p[None] for p in layer) for layer in params]
    w = flat(like)
    moved = h * torch.eye(w.shape[-1]).to(w)
    up = losses(network, like, w + moved, x, y)
    down = losses(network, like, w - moved if central else w, x, y)
    return (up - down) / (2 * h if central else h)


def errors(
    network: list[Layer], params: Params, x: Tensor, y: Tensor, gradient: Tensor, steps: list[float], central: bool
) -> list[float]:
    """For each step the largest error of the differences, over the largest slope. `gradient` (P,) in float64."""
    found = [differences(network, params, x, y, h, central).double() for h in steps]
    return [float((d - gradient).abs().max() / gradient.abs().max()) for d in found]


def power(steps: list[float], found: list[float], low: float, high: float) -> float | None:
    """The power of h that the errors of steps from low to high grow with: the slope of a line through the logarithms.

    None where a logarithm is missing.
    """
    points = [(log10(h), e) for h, e in zip(steps, found, strict=True) if low * 0.999 <= h <= high * 1.001]
    if len(points) < 2 or any(not e > 0 for _, e in points):
        return None
    x, y = (torch.tensor(part, dtype=torch.float64) for part in zip(*[(a, log10(e)) for a, e in points], strict=True))
    x = x - x.mean()
    return float((x * y).sum() / (x * x).sum())
