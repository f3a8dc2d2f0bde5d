"""Initial weights: small random numbers, so that units differ and signals neither die out nor explode.

Shapes: W (I, O) of a linear layer or W (O, C, kh, kw) of a convolution, b (O,), for one model, in float64.
A sum over fan_in inputs has fan_in times the variance of one term, so weights of variance 1 / fan_in keep a signal's
size going forward, and 1 / fan_out keeps a gradient's going back. Semantics are those of torch.nn.init.
Sources: X. Glorot, Y. Bengio, 2010, https://proceedings.mlr.press/v9/glorot10a.html; K. He et al., 2015,
https://arxiv.org/abs/1502.01852; gains, torch.nn.init.calculate_gain.
"""

import math

import torch
from torch import Tensor

Shape = tuple[int, ...]


# What an activation leaves of a signal's size is undone by this factor; selu's is torch's choice, not 1.
gains = {"identity": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4}


def leaky_relu_gain(slope: float = 0.01) -> float:
    """sqrt(2 / (1 + slope^2)): relu's for slope 0, the identity's for slope 1."""
    return math.sqrt(2 / (1 + slope**2))


def fans(shape: Shape) -> tuple[int, int]:
    """(fan_in, fan_out): to how many inputs each unit is connected, and each input to how many units.

    Of a kernel (O, C, kh, kw) these are C kh kw and O kh kw. Raises ValueError for fewer than two dimensions.
    """
    if len(shape) < 2:
        raise ValueError(f"weights have at least two dimensions, got shape {shape}")
    if len(shape) == 2:
        return shape
    O, C, *window = shape
    return C * math.prod(window), O * math.prod(window)


def uniform(shape: Shape, limit: float, generator: torch.Generator) -> Tensor:
    """Numbers from -limit to limit, each as likely."""
    return torch.empty(shape, dtype=torch.float64).uniform_(-limit, limit, generator=generator)


def gaussian(shape: Shape, deviation: float, generator: torch.Generator) -> Tensor:
    """Normal numbers around 0."""
    return torch.empty(shape, dtype=torch.float64).normal_(0, deviation, generator=generator)


def xavier_deviation(shape: Shape, gain: float) -> float:
    """gain sqrt(2 / (fan_in + fan_out)), between what the way forward and the way back ask for."""
    return gain * math.sqrt(2 / sum(fans(shape)))


def he_deviation(shape: Shape, gain: float) -> float:
    """gain / sqrt(fan_in); He's gain is relu's, which lets half of a signal's variance through."""
    return gain / math.sqrt(fans(shape)[0])


def torch_default(shape: Shape, generator: torch.Generator, gain: float = 1.0) -> Tensor:
    """torch.nn.Linear's and Conv2d's own: uniform within gain / sqrt(fan_in)."""
    return uniform(shape, gain / math.sqrt(fans(shape)[0]), generator)


def xavier_uniform(shape: Shape, generator: torch.Generator, gain: float = 1.0) -> Tensor:
    """Glorot's and Bengio's, uniform: a limit of sqrt(3) makes a standard deviation of 1."""
    return uniform(shape, math.sqrt(3) * xavier_deviation(shape, gain), generator)


def xavier_normal(shape: Shape, generator: torch.Generator, gain: float = 1.0) -> Tensor:
    """Glorot's and Bengio's, normal."""
    return gaussian(shape, xavier_deviation(shape, gain), generator)


def he_uniform(shape: Shape, generator: torch.Generator, gain: float = gains["relu"]) -> Tensor:
    """He's, uniform."""
    return uniform(shape, math.sqrt(3) * he_deviation(shape, gain), generator)


def he_normal(shape: Shape, generator: torch.Generator, gain: float = gains["relu"]) -> Tensor:
    """He's, normal."""
    return gaussian(shape, he_deviation(shape, gain), generator)


schemes = {
    "uniform": torch_default,
    "xavier uniform": xavier_uniform,
    "xavier normal": xavier_normal,
    "he uniform": he_uniform,
    "he normal": he_normal,
}


def parameters(
    shapes: tuple[Shape, ...], generator: torch.Generator, scheme: str = "uniform", **constants: float
) -> tuple[Tensor, ...]:
    """One layer's first parameters: its weights by a scheme of the table, constants its gain; then its biases.

    Biases are drawn within 1 / sqrt(fan_in) for "uniform", as torch.nn.Linear's and Conv2d's, and 0 for the others, as
    their authors have them. A layer without weights, a normalization's (D,) and (D,), starts as scale 1 and shift 0.
    Raises ValueError for a scheme that is not in the table.
    """
    if scheme not in schemes:
        raise ValueError(f"scheme must be one of {', '.join(schemes)}, got {scheme}")
    if not shapes:
        return ()
    first, *others = shapes
    if len(first) < 2:
        return torch.ones(first, dtype=torch.float64), *(torch.zeros(s, dtype=torch.float64) for s in others)
    W = schemes[scheme](first, generator, **constants)
    if scheme != "uniform":
        return W, *(torch.zeros(s, dtype=torch.float64) for s in others)
    limit = 1 / math.sqrt(fans(first)[0])
    return W, *(uniform(s, limit, generator) for s in others)
