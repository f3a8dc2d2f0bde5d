"""A penalty's pull on a network's weights: by hand, against autograd, and the L2 norm against Ridge's square of it.

Shapes: weights as a network has them, biases spared; w (P,) all of them as one vector. N(w) is a number.
The norm itself, not squared, is what M. Yuan, Y. Lin, 2006, https://doi.org/10.1111/j.1467-9868.2005.00532.x put on
groups of weights; Ridge's is the square: A. E. Hoerl, R. W. Kennard, 1970.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from ...manual.backprop import Params
from ...manual.network import Layer
from ...rules.verify import error
from ...training.gradients import autograd, manual

Norm = Callable[[Tensor], tuple[Tensor, Tensor]]


def l1_norm(w: Tensor) -> tuple[Tensor, Tensor]:
    """sum |w|, and its slope sign(w)."""
    return w.abs().sum(), w.sign()


def l2_norm(w: Tensor) -> tuple[Tensor, Tensor]:
    """The length of w, and its slope w / |w|: of length 1 however short w is, and 0 at 0."""
    length = w.square().sum().sqrt()
    return length, w / length if length > 0 else torch.zeros_like(w)


def ridge(w: Tensor) -> tuple[Tensor, Tensor]:
    """The squared length of w, and its slope 2 w, which fades with w."""
    return w.square().sum(), 2 * w


norms: dict[str, Norm] = {"L1 norm": l1_norm, "L2 norm": l2_norm, "squared L2 norm": ridge}
torchs = {
    "L1 norm": lambda w: torch.linalg.vector_norm(w, 1),
    "L2 norm": lambda w: torch.linalg.vector_norm(w, 2),
    "squared L2 norm": lambda w: torch.dot(w, w),
}


def penalty_error(network: list[Layer], params: Params, x: Tensor, y: Tensor, norm: str, lam: float) -> float:
    """How far our gradient of loss + lam N(w) is from autograd's, over all parameters, in float64."""
    params, x = [tuple(p.double() for p in layer) for layer in params], x.double()
    _, ours, _ = manual(network, params, x, y)
    _, slope = norms[norm](flat(params))
    pulls = flat(ours) + lam * slope
    leaves = flat(params).requires_grad_()
    (pulled,) = torch.autograd.grad(lam * torchs[norm](leaves), leaves)
    _, theirs, _ = autograd(network, params, x, y)
    return error(pulls, flat(theirs) + pulled)


def facts(network: list[Layer], params: Params, x: Tensor, y: Tensor, lam: float) -> dict[str, float]:
    """Each norm's `penalty_error`, the L1 term, and how hard L2's norm and its square pull at w and at w / 2."""
    w = flat(params).double()
    errors = {name: penalty_error(network, params, x, y, name, lam) for name in norms}
    pulls = {
        f"{name} pulls{place}": float(norm(at)[1].norm())
        for name, norm in {"norm": l2_norm, "square": ridge}.items()
        for place, at in {"": w, " at half": w / 2}.items()
    }
    return {**errors, "lambda N(w)": float(lam * l1_norm(w)[0]), **pulls}


def flat(params: Params) -> Tensor:
    """All weights, biases spared, as one vector."""
    return torch.cat([p.flatten() for layer in params for p in layer if p.ndim > 1])


def zeros(w: Tensor) -> float:
    """The share of weights that are exactly 0."""
    return float((w == 0).double().mean())


def histogram(w: Tensor, edge: float, bins: int) -> list[int]:
    """How many weights lie in each of `bins` equal intervals from -edge to edge; exact zeros are not counted."""
    return torch.histc(w[w != 0].double().cpu(), bins, -edge, edge).int().tolist()
