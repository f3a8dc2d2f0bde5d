"""Each example is divided by the root of its mean square, then scaled."""

from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import drawn, normal

case = partial(Case, "rms norm")
EPS = 1e-6


def rms_of(x):
    return torch.sqrt((x * x).mean(-1, keepdim=True) + EPS)


def rms_norm(x, w):
    return w * x / rms_of(x)


def rms_constant(dy, x, w):
    """The divisor depends on x, too; its term is missing."""
    rms = rms_of(x)
    return dy * w / rms, (dy * x / rms).sum(0)


def sum_for_mean(dy, x, w):
    """The divisor's term is D times too large: the mean's 1/D is missing."""
    rms = rms_of(x)
    g = dy * w
    return g / rms - x * (g * x).sum(-1, keepdim=True) / rms**3, (dy * x / rms).sum(0)


def weight_over_features(dy, x, w):
    """Sums the features for each example; there are as many."""
    return right(dy, x, w)[0], (dy * x / rms_of(x)).sum(dim=-1)


def divisor_in_float32(dy, x, w):
    """Casts to float32 and back, as a mixed-precision layer does, although x is float64."""
    r = torch.rsqrt(x.float().pow(2).mean(-1, keepdim=True) + EPS).to(x.dtype)
    g = dy * w
    return r * (g - x * r**2 * (g * x).mean(-1, keepdim=True)), (dy * x * r).sum(0)


def right(dy, x, w):
    x_hat, g = x / rms_of(x), dy * w
    return (g - x_hat * (g * x_hat).mean(-1, keepdim=True)) / rms_of(x), (dy * x_hat).sum(0)


def by_einsum(dy, x, w):
    rms = rms_of(x)[..., 0]
    along = torch.einsum("...d,d,...d->...", dy, w, x) / x.shape[-1]
    dx = torch.einsum("...d,d,...->...d", dy, w, 1 / rms) - torch.einsum("...,...d->...d", along / rms**3, x)
    return dx, torch.einsum("...d,...d,...->d", dy, x, 1 / rms)


def of_torch(x, w):
    return functional.rms_norm(x, (x.shape[-1],), w, eps=EPS)


CASES = [
    case(
        *("rms norm takes its divisor for a constant", rms_norm, rms_constant, drawn((5, 4), (4,))),
        **dict(cause="missing term", gradients=("dx",), detail="the divisor's term"),
    ),
    case(
        *("rms norm sums where it should average", rms_norm, sum_for_mean, drawn((5, 4), (4,))),
        **dict(cause="missing factor", gradients=("dx",), detail="1/D in the divisor's term"),
        accepted=("factor", "missing term"),
    ),
    case(
        *("rms norm's weight is summed over the features", rms_norm, weight_over_features, drawn((4, 4), (4,))),
        **dict(cause="wrong axis", gradients=("dw",)),
    ),
    case(
        *("rms norm computes its divisor in float32", rms_norm, divisor_in_float32, drawn((5, 4), (4,))),
        **dict(cause="precision", gradients=("dx", "dw"), detail="cast to float32"),
    ),
    case("rms norm by einsum, with sequences", rms_norm, by_einsum, drawn((2, 3, 4), (4,)), like=of_torch),
    case("rms norm of numbers near eps", rms_norm, right, lambda g: (1e-3 * normal(g, 5, 4), normal(g, 4))),
]
