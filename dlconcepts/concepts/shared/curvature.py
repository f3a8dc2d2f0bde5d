"""How sharply the loss bends: products with its Hessian H, and H's largest eigenvalue.

Shapes: x (M, B, I), y (M, B), h (M, B, H), z and p (M, B, K); v and products (M, D), all D parameters of a model in one
row; an eigenvalue (M,).
H itself, with D^2 numbers, is never written down. A product with it is how the gradient changes along v, so each line
below is the derivative, along v, of a line of the forward or of the backward pass.
Sources: B. A. Pearlmutter, "Fast exact multiplication by the Hessian", 1994, https://doi.org/10.1162/neco.1994.6.1.147;
C. Lanczos, 1950, https://doi.org/10.6028/jres.045.026
"""

from collections.abc import Callable

import torch
from torch import Tensor

from ...manual.backprop import Params
from ...manual.softmax import softmax, softmax_backward
from ...manual.targets import onehot

Product = Callable[[Tensor], Tensor]


def softmax_product(params: Params, x: Tensor, v: Tensor, decay: float = 0.0) -> Tensor:
    """H v for softmax regression; weight decay adds decay times the identity. No label occurs in it.

    The logits move by dz = x V + u, the probabilities by (diag(p) - p p^T) dz, the gradient by x^T of that over B.
    """
    ((W, b),) = (layer for layer in params if layer)
    ((V, u),) = shaped(v, [(W, b)])
    p, _ = softmax(x @ W + b.unsqueeze(-2))
    dp = along(p, x @ V + u.unsqueeze(-2)) / x.shape[-2]
    return flat([(x.mT @ dp, dp.sum(-2))]) + decay * v


def along(p: Tensor, dz: Tensor) -> Tensor:
    """How probabilities move where logits move by dz: (diag(p) - p p^T) dz, symmetric and so its own backward."""
    return softmax_backward(dz, p)[0]


def relu_product(params: Params, x: Tensor, y: Tensor, v: Tensor) -> Tensor:
    """H v for a network with one hidden layer of ReLU, whose slope, 0 or 1, does not change but on the kink itself.

    A name in d is the derivative along v of what it is named after; g is the gradient by the logits.
    """
    (W, b), (U, c) = (layer for layer in params if layer)
    (dW, db), (dU, dc) = shaped(v, [(W, b), (U, c)])
    z = x @ W + b.unsqueeze(-2)
    on = (z > 0).to(x)
    h, dh = z * on, (x @ dW + db.unsqueeze(-2)) * on
    p, _ = softmax(h @ U + c.unsqueeze(-2))
    g = (p - onehot(y, p)) / x.shape[-2]
    dg = along(p, dh @ U + h @ dU + dc.unsqueeze(-2)) / x.shape[-2]
    back = (dg @ U.mT + g @ dU.mT) * on
    return flat([(x.mT @ back, back.sum(-2)), (dh.mT @ g + h.mT @ dg, dg.sum(-2))])


def largest_eigenvalue(product: Product, v: Tensor, rounds: int = 20) -> Tensor:
    """H's largest eigenvalue, as far as the space of v, H v, H (H v) ... knows it: from below, and soon very close.

    Power iteration takes many more rounds, and finds a negative eigenvalue where that is the largest in size.
    """
    basis, products = [unit(v)], []
    for _ in range(rounds):
        products.append(product(basis[-1]))
        basis.append(new_direction(torch.stack(basis, dim=-2), products[-1]))
    V, HV = torch.stack(basis[:-1], dim=-2), torch.stack(products, dim=-2)  # (M, rounds, D)
    return torch.linalg.eigvalsh(V @ HV.mT)[..., -1]


def new_direction(basis: Tensor, w: Tensor) -> Tensor:
    """What is new in w (M, D) beside an orthonormal basis (M, k, D), at length 1; twice, because of rounding."""
    for _ in range(2):
        w = w - (basis.mT @ (basis @ w.unsqueeze(-1))).squeeze(-1)
    return unit(w)


def unit(v: Tensor) -> Tensor:
    """The same direction, at length 1."""
    return v / v.norm(dim=-1, keepdim=True)


def flat(params: Params) -> Tensor:
    """All parameters of each model in one row."""
    return torch.cat([p.flatten(1) for layer in params for p in layer], dim=-1)


def shaped(w: Tensor, like: Params) -> Params:
    """Such rows (M, D), in the parameters' shapes again."""
    parts = iter(w.split([p[0].numel() for layer in like for p in layer], dim=-1))
    return [tuple(next(parts).reshape(-1, *p.shape[1:]) for p in layer) for layer in like]
