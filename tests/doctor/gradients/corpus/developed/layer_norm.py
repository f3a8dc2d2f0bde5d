"""Each example is brought to mean 0 and variance 1 over its features, then scaled and shifted."""

from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import drawn, normal

case = partial(Case, "layer norm")
EPS = 1e-5
SHAPES = (5, 6), (6,), (6,)


def layer_norm(x, gamma, beta):
    std = torch.sqrt(x.var(-1, correction=0, keepdim=True) + EPS)
    x_hat = (x - x.mean(-1, keepdim=True)) / std
    return gamma * x_hat + beta, (x_hat, std, gamma)


def parameters(dy, x_hat):
    return (dy * x_hat).sum(0), dy.sum(0)


def mean(x):
    return x.mean(-1, keepdim=True)


def no_variance_term(dy, x_hat, std, gamma):
    """The standard deviation is taken for a constant."""
    g = dy * gamma
    return (g - mean(g)) / std, *parameters(dy, x_hat)


def no_mean_term(dy, x_hat, std, gamma):
    """The mean is taken for a constant."""
    g = dy * gamma
    return (g - x_hat * mean(g * x_hat)) / std, *parameters(dy, x_hat)


def gamma_forgotten(dy, x_hat, std, gamma):
    """dy must go through the scale first."""
    return (dy - mean(dy) - x_hat * mean(dy * x_hat)) / std, *parameters(dy, x_hat)


def over_the_batch(dy, x_hat, std, gamma):
    """The backward of batch norm: its means are over the examples."""
    g = dy * gamma
    dx = (g - g.mean(0) - x_hat * (g * x_hat).mean(0)) / std
    return dx, *parameters(dy, x_hat)


def constant_statistics(x, gamma, beta):
    """Mean and deviation are detached: autograd sees a scaling and a shift."""
    mu = x.mean(-1, keepdim=True).detach()
    std = torch.sqrt(x.var(-1, correction=0, keepdim=True) + EPS).detach()
    return gamma * (x - mu) / std + beta


def right_from_x(dy, x, gamma, beta):
    _, (x_hat, std, gamma) = layer_norm(x, gamma, beta)
    return right(dy, x_hat, std, gamma)


def unbiased(x, gamma, beta):
    """Divides by D - 1: the variance of statistics, not that of layer norm."""
    std = torch.sqrt(x.var(-1, keepdim=True) + EPS)
    x_hat = (x - x.mean(-1, keepdim=True)) / std
    return gamma * x_hat + beta, (x_hat, std, gamma)


def unbiased_backward(dy, x_hat, std, gamma):
    g = dy * gamma
    D = g.shape[-1]
    return (g - mean(g) - x_hat * (g * x_hat).sum(-1, keepdim=True) / (D - 1)) / std, *parameters(dy, x_hat)


def of_torch(x, gamma, beta):
    return functional.layer_norm(x, (x.shape[-1],), gamma, beta)


def gamma_from_raw_input(dy, x, gamma, beta):
    """The scale multiplies the normalized x, here it is given the raw one."""
    dx, _, dbeta = right_from_x(dy, x, gamma, beta)
    return dx, (dy * x).sum(0), dbeta


def right(dy, x_hat, std, gamma):
    g = dy * gamma
    return (g - mean(g) - x_hat * mean(g * x_hat)) / std, *parameters(dy, x_hat)


def by_projection(dy, x, gamma, beta):
    """The Jacobian written out: (I - 1/D - x_hat x_hat^T / D) / std."""
    D = x.shape[-1]
    _, (x_hat, std, _) = layer_norm(x, gamma, beta)
    jacobian = torch.eye(D, dtype=x.dtype) - 1 / D - x_hat[..., :, None] * x_hat[..., None, :] / D
    dx = torch.einsum("...ij,...j->...i", jacobian, dy * gamma) / std
    return dx, torch.einsum("...d,...d->d", dy, x_hat), dy.flatten(0, -2).sum(0)


CASES = [
    case(
        *("layer norm without the variance term", layer_norm, no_variance_term, drawn(*SHAPES)),
        **dict(cause="missing term", gradients=("dx",), detail="variance term"),
    ),
    case(
        *("layer norm without the mean term", layer_norm, no_mean_term, drawn(*SHAPES)),
        **dict(cause="missing term", gradients=("dx",), detail="mean term"),
    ),
    case(
        *("layer norm does not go back through gamma", layer_norm, gamma_forgotten, drawn(*SHAPES)),
        **dict(cause="missing factor", gradients=("dx",), detail="gamma"),
    ),
    case(
        *("layer norm with the backward of batch norm", layer_norm, over_the_batch, drawn(*SHAPES)),
        **dict(cause="wrong axis", gradients=("dx",), detail="examples in place of features"),
    ),
    case(
        *("layer norm with detached statistics", constant_statistics, right_from_x, drawn(*SHAPES)),
        **dict(cause="detached", detail="mean and standard deviation"),
    ),
    case(
        *("layer norm with the unbiased variance", unbiased, unbiased_backward, drawn(*SHAPES), "forward differs"),
        **dict(gradients=("dx", "dgamma"), detail="D - 1 for D", like=of_torch),
    ),
    case(
        *("layer norm's gamma learns from the raw input", of_torch, gamma_from_raw_input, drawn(*SHAPES)),
        **dict(cause="other", gradients=("dgamma",), detail="x in place of its normalized form"),
        accepted=("missing factor", "missing term"),
    ),
    case("layer norm by its projection, with sequences", of_torch, by_projection, drawn((2, 3, 6), (6,), (6,))),
    case("layer norm of one example", layer_norm, right, drawn((1, 6), (6,), (6,))),
    case(
        *("layer norm of large features with an offset", layer_norm, right),
        lambda g: (1e4 * (normal(g, 5, 6) + 1), normal(g, 6), normal(g, 6)),
    ),
]
