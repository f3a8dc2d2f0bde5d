"""Each feature is brought to mean 0 and variance 1 over the batch, then scaled and shifted."""

from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import drawn, normal

case = partial(Case, "batch norm")
EPS = 1e-5
SHAPES = (6, 4), (4,), (4,)
first = {}


def batch_norm(x, gamma, beta):
    std = torch.sqrt(x.var(0, correction=0) + EPS)
    x_hat = (x - x.mean(0)) / std
    return gamma * x_hat + beta, (x_hat, std, gamma)


def of_torch(x, gamma, beta):
    return functional.batch_norm(x, None, None, gamma, beta, training=True)


def no_variance_term(dy, x_hat, std, gamma):
    """Only the mean moves with the batch; the standard deviation is taken for a constant."""
    g = dy * gamma
    return (g - g.mean(0)) / std, (dy * x_hat).sum(0), dy.sum(0)


def no_mean_term(dy, x_hat, std, gamma):
    """The gradient through the mean is missing."""
    g = dy * gamma
    return (g - x_hat * (g * x_hat).mean(0)) / std, (dy * x_hat).sum(0), dy.sum(0)


def a_scale_and_a_shift(dy, x_hat, std, gamma):
    """Both statistics are taken for constants."""
    return dy * gamma / std, (dy * x_hat).sum(0), dy.sum(0)


def over_features(dy, x_hat, std, gamma):
    """The means run over the features, as layer norm's do."""
    g = dy * gamma
    dx = (g - g.mean(1, keepdim=True) - x_hat * (g * x_hat).mean(1, keepdim=True)) / std
    return dx, (dy * x_hat).sum(0), dy.sum(0)


def not_divided_by_the_batch(dy, x_hat, std, gamma):
    """The formula with sums is multiplied out by N, and the 1/N in front got lost."""
    N = len(dy)
    g = dy * gamma
    dx = (N * g - g.sum(0) - x_hat * (g * x_hat).sum(0)) / std
    return dx, (dy * x_hat).sum(0), dy.sum(0)


def remembers_the_first_batch(x, gamma, beta):
    """The standard deviation is kept at the first call and never renewed."""
    y, (x_hat, std, gamma) = batch_norm(x, gamma, beta)
    first.setdefault("std", std)
    return y, (x_hat, first["std"], gamma)


def statistics_without_grad(x, gamma, beta):
    """The statistics are computed without a graph, as if they were running ones."""
    with torch.no_grad():
        mu, variance = x.mean(0), x.var(0, correction=0)
    return (x - mu) / torch.sqrt(variance + EPS) * gamma + beta


class NoShift(torch.autograd.Function):
    """Returns two gradients and a None for three inputs: beta never moves."""

    @staticmethod
    def forward(ctx, x, gamma, beta):
        y, saved = batch_norm(x, gamma, beta)
        ctx.save_for_backward(*saved)
        return y

    @staticmethod
    def backward(ctx, dy):
        dx, dgamma, _ = right(dy, *ctx.saved_tensors)
        return dx, dgamma, None


def parameters_exchanged(dy, x_hat, std, gamma):
    """dbeta and dgamma in the wrong order; both have one entry per feature."""
    return right(dy, x_hat, std, gamma)[0], dy.sum(0), (dy * x_hat).sum(0)


def right(dy, x_hat, std, gamma):
    g = dy * gamma
    return (g - g.mean(0) - x_hat * (g * x_hat).mean(0)) / std, (dy * x_hat).sum(0), dy.sum(0)


def right_from_x(dy, x, gamma, beta):
    return right(dy, *batch_norm(x, gamma, beta)[1])


def step_by_step(dy, x, gamma, beta):
    """Back through each node of the graph."""
    N = x.shape[0]
    centred = x - x.mean(0)
    std = (x.var(0, unbiased=False) + EPS).sqrt()
    dx_hat = dy * gamma
    dstd = -(dx_hat * centred).sum(0) / std**2
    dvariance = 0.5 * dstd / std
    dcentred = dx_hat / std + 2 * centred * dvariance / N
    return dcentred - dcentred.sum(0) / N, (dy * centred / std).sum(0), dy.sum(0)


def of_images(dy, x, gamma, beta):
    flat = [a.movedim(1, -1).flatten(0, -2) for a in (dy, x)]
    dx, dgamma, dbeta = step_by_step(*flat, gamma, beta)
    n, c, h, w = x.shape
    return dx.view(n, h, w, c).movedim(-1, 1), dgamma, dbeta


def of_images_without_pixels(dy, x, gamma, beta):
    """The statistics are over images and pixels, the backward's means over the images alone."""
    std = torch.sqrt(x.var((0, 2, 3), correction=0, keepdim=True) + EPS)
    x_hat = (x - x.mean((0, 2, 3), keepdim=True)) / std
    g = dy * gamma[:, None, None]
    dx = (g - g.mean(0) - x_hat * (g * x_hat).mean(0)) / std
    return dx, (dy * x_hat).sum((0, 2, 3)), dy.sum((0, 2, 3))


def with_constant_feature(g):
    x = normal(g, 6, 4)
    x[:, 1] = 0.5
    return x, normal(g, 4), normal(g, 4)


IMAGES = drawn((3, 2, 3, 2), (2,), (2,))
CASES = [
    case(
        *("batch norm without the variance term", batch_norm, no_variance_term, drawn(*SHAPES)),
        **dict(cause="missing term", gradients=("dx",), detail="variance term"),
    ),
    case(
        *("batch norm without the mean term", batch_norm, no_mean_term, drawn(*SHAPES)),
        **dict(cause="missing term", gradients=("dx",), detail="mean term"),
    ),
    case(
        *("batch norm as a scale and a shift", batch_norm, a_scale_and_a_shift, drawn(*SHAPES)),
        **dict(cause="missing term", gradients=("dx",), detail="mean and variance terms"),
    ),
    case(
        *("batch norm with means over the features", batch_norm, over_features, drawn(*SHAPES)),
        **dict(cause="wrong axis", gradients=("dx",), detail="features in place of examples"),
    ),
    case(
        *("batch norm loses the 1/N in front", batch_norm, not_divided_by_the_batch, drawn(*SHAPES)),
        **dict(cause="factor", gradients=("dx",), detail="B"),
    ),
    case(
        *("batch norm remembers the first batch", remembers_the_first_batch, right, drawn(*SHAPES)),
        **dict(cause="stale", gradients=("dx",), detail="the first call's deviation", forget=first.clear),
    ),
    case(
        *("batch norm takes its statistics without a graph", statistics_without_grad, right_from_x, drawn(*SHAPES)),
        **dict(cause="detached", detail="torch.no_grad around the statistics"),
    ),
    case(
        *("batch norm has no gradient for beta", of_torch, NoShift, drawn(*SHAPES)),
        **dict(cause="missing gradient", gradients=("dbeta",)),
    ),
    case(
        *("batch norm exchanges its parameters' gradients", batch_norm, parameters_exchanged, drawn(*SHAPES)),
        **dict(cause="other", gradients=("dgamma", "dbeta"), detail="exchanged"),
    ),
    case(
        *("batch norm of images leaves out the pixels", of_torch, of_images_without_pixels, IMAGES),
        **dict(cause="wrong axis", gradients=("dx",), detail="pixels left out"),
    ),
    case("batch norm node by node", of_torch, step_by_step, drawn(*SHAPES)),
    case("batch norm of images", of_torch, of_images, IMAGES),
    case("batch norm with a constant feature", batch_norm, right, with_constant_feature),
]
