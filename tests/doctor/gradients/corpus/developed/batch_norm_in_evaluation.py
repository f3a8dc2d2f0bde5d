"""Batch norm when it uses the statistics that it gathered in training; they are constants."""

from functools import partial

import torch

from ..case import Case
from ..draw import drawn, normal, uniform

case = partial(Case, "batch norm in evaluation")
EPS = 1e-3
seeded = torch.Generator().manual_seed(3)
MEAN, VARIANCE = normal(seeded, 4), uniform(seeded, 0.2, 3.0, 4)
SHAPES = (6, 4), (4,), (4,)


def normalize(x, gamma, beta):
    return (x - MEAN) / torch.sqrt(VARIANCE + EPS) * gamma + beta


def x_hat_of(x):
    return (x - MEAN) / torch.sqrt(VARIANCE + EPS)


def as_in_training(dy, x, gamma, beta):
    """The mean and variance terms of training, although the statistics do not depend on this batch."""
    g, x_hat = dy * gamma, x_hat_of(x)
    dx = (g - g.mean(0) - x_hat * (g * x_hat).mean(0)) / torch.sqrt(VARIANCE + EPS)
    return dx, (dy * x_hat).sum(0), dy.sum(0)


def not_divided(dy, x, gamma, beta):
    """Only the scale gamma; the division by the standard deviation is forgotten."""
    return dy * gamma, (dy * x_hat_of(x)).sum(0), dy.sum(0)


def parameters_averaged(dy, x, gamma, beta):
    """mean(0) for sum(0), in both parameters."""
    return dy * gamma / (VARIANCE + EPS).sqrt(), (dy * x_hat_of(x)).mean(0), dy.mean(0)


def gamma_not_summed(dy, x, gamma, beta):
    """The sum over the examples is there for beta, and missing for gamma."""
    return dy * gamma / (VARIANCE + EPS).sqrt(), dy * x_hat_of(x), dy.sum(0)


def folded(dy, x, gamma, beta):
    scale = gamma * torch.rsqrt(VARIANCE + EPS)
    return torch.einsum("bd,d->bd", dy, scale), torch.einsum("bd,bd->d", dy, x_hat_of(x)), torch.ones(len(x)).to(x) @ dy


def of_images(x, gamma, beta):
    return normalize(x.movedim(1, -1), gamma, beta).movedim(-1, 1)


def of_images_backward(dy, x, gamma, beta):
    flat = [a.movedim(1, -1).flatten(0, -2) for a in (dy, x)]
    dx, dgamma, dbeta = folded(*flat, gamma, beta)
    n, c, h, w = x.shape
    return dx.view(n, h, w, c).permute(0, 3, 1, 2), dgamma, dbeta


CASES = [
    case(
        *("batch norm in evaluation with the backward of training", normalize, as_in_training, drawn(*SHAPES)),
        **dict(cause="other", gradients=("dx",), detail="training's mean and variance terms too much"),
        accepted=("missing term",),
    ),
    case(
        *("batch norm in evaluation does not divide", normalize, not_divided, drawn(*SHAPES)),
        **dict(cause="missing factor", gradients=("dx",), detail="1 / standard deviation", accepted=("factor",)),
    ),
    case(
        *("batch norm in evaluation averages its parameters' gradients", normalize, parameters_averaged),
        **dict(inputs=drawn(*SHAPES), cause="factor", gradients=("dgamma", "dbeta"), detail="1/B"),
    ),
    case(
        *("batch norm in evaluation does not sum for gamma", normalize, gamma_not_summed, drawn(*SHAPES)),
        **dict(cause="not summed after broadcasting", gradients=("dgamma",)),
    ),
    case("batch norm in evaluation as one scale", normalize, folded, drawn(*SHAPES)),
    case("batch norm in evaluation of images", of_images, of_images_backward, drawn((2, 4, 3, 2), (4,), (4,))),
]
