"""Dropout: in training each unit is left out at random, so that no unit can rely on particular others.

Shapes: x (..., any), mask as x: True where an entry is kept; p one number for all or one per model (...).
In evaluation dropout is `activation.identity`: the division by 1 - p in training keeps the expected value the same.
Source: N. Srivastava et al., 2014, "Dropout: a simple way to prevent neural networks from overfitting",
https://jmlr.org/papers/v15/srivastava14a.html
"""

import torch
from torch import Tensor

from .inputs import need_floating, need_same_shape, per_model


def draw_mask(shape: tuple[int, ...], p: float, generator: torch.Generator) -> Tensor:
    """One model's mask: each entry False with probability p. From the same generator, torch's own on the CPU.

    For a stack of models draw one mask each and torch.stack them, so that a model's mask does not depend on its
    neighbours. (Where p is 0 or 1 torch draws nothing; we do, so that what follows does not depend on p.)
    """
    need_probability(p)
    return torch.empty(shape, dtype=torch.bool, device=generator.device).bernoulli_(1 - p, generator=generator)


def dropout(x: Tensor, mask: Tensor, p: float | Tensor) -> tuple[Tensor, tuple[Tensor]]:
    """y = x noise, where noise is 1 / (1 - p) for what the mask keeps and else 0.

    A product and not a choice, as in torch: inf or NaN dropped is NaN, even with p = 1.
    Raises ValueError for p outside [0, 1] or NaN, and for a mask of another shape; TypeError for one not boolean.
    """
    need_floating(x)
    need_probability(p)
    need_same_shape(x=x.shape, mask=mask.shape)
    if mask.dtype != torch.bool:
        raise TypeError(f"expected a mask of torch.bool, True for what is kept, got {mask.dtype}")
    kept = (1 - torch.as_tensor(p, dtype=torch.float64, device=x.device)).to(x.dtype)  # rounded once, as in torch
    noise = torch.where(mask, 1 / per_model(kept, x), 0)
    return x * noise, (noise,)


def dropout_backward(dy: Tensor, noise: Tensor) -> tuple[Tensor]:
    """dx = dy noise, the same noise: what was left out learns nothing."""
    return (dy * noise,)


def need_probability(p: float | Tensor) -> None:
    """Raises ValueError for anything outside [0, 1], NaN included."""
    inside = ((p >= 0) & (p <= 1)).all() if isinstance(p, Tensor) else 0 <= p <= 1
    if not inside:
        raise ValueError(f"p must be from 0 to 1, got {p}")
