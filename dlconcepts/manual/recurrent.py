"""Recurrent cell: a layer that reads a sequence step by step and hands what it remembers to itself.

Shapes: x (..., B, T, I), h0 (..., B, H), h (..., B, T, H), W (..., I, H), U (..., H, H), b (..., H).
All steps share the same weights. torch has two biases, b_ih and b_hh, of which only the sum counts: b.
Source: J. L. Elman, 1990, "Finding structure in time", https://doi.org/10.1207/s15516709cog1402_1; back-propagation
through time, P. J. Werbos, 1990, https://doi.org/10.1109/5.58337
"""

import torch
from torch import Tensor

from .activation import tanh, tanh_backward
from .inputs import need_floating, need_same_shape
from .precision import rounded_once


@rounded_once
def recurrent(x: Tensor, W: Tensor, U: Tensor, b: Tensor, h0: Tensor) -> tuple[Tensor, tuple]:
    """h_t = tanh(x_t W + h_{t-1} U + b), for all T steps. Raises ValueError where the shapes do not fit."""
    need_sequence(x, W, U, h0, gates=1)
    need_same_shape(W_models_and_units=W.shape[:-2] + W.shape[-1:], b=b.shape)
    h, states, tapes = h0, [], []
    for x_t in x.unbind(-2):
        h, tape = tanh(x_t @ W + h @ U + b.unsqueeze(-2))
        states.append(h)
        tapes.append(tape)
    return in_time(states, h0), (x, W, U, h0, states, tapes)


@rounded_once
def recurrent_backward(
    dh: Tensor, x: Tensor, W: Tensor, U: Tensor, h0: Tensor, states: list[Tensor], tapes: list[tuple]
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """From the last step to the first: dz_t = (dh_t + dz_{t+1} U^T) tanh'(z_t), the gradient from above plus that of
    the step that comes next; then dx = dz W^T, dW = x^T dz, dU = h_{t-1}^T dz, db = dz, summed over batch and time.

    Through T steps the gradient is multiplied by U^T T times: it vanishes where U shrinks, and explodes where U grows.
    """
    from_later = torch.zeros_like(h0)
    steps: list[Tensor] = []
    for dh_t, tape in zip(reversed(dh.unbind(-2)), reversed(tapes), strict=True):
        (dz_t,) = tanh_backward(dh_t + from_later, *tape)
        from_later = dz_t @ U.mT
        steps.append(dz_t)
    dz, before = in_time(steps[::-1], h0), in_time([h0, *states[:-1]][: len(states)], h0)
    return dz @ W.mT.unsqueeze(-3), rows(x).mT @ rows(dz), rows(before).mT @ rows(dz), rows(dz).sum(-2), from_later


def in_time(steps: list[Tensor], like: Tensor) -> Tensor:
    """Steps (..., B, H) as one sequence (..., B, T, H); T may be 0."""
    return torch.stack(steps, -2) if steps else like.new_zeros(*like.shape[:-1], 0, like.shape[-1])


def rows(x: Tensor) -> Tensor:
    """(..., B, T, I) as (..., B T, I): for a weight that all steps share, a step is one more example."""
    return x.flatten(-3, -2)


def need_sequence(x: Tensor, W: Tensor, U: Tensor, h0: Tensor, gates: int) -> None:
    """Raises unless x is (..., B, T, I), W (..., I, G H), U (..., H, G H) and h0 (..., B, H), with G gates."""
    need_floating(x)
    if x.ndim < 3:
        raise ValueError(f"expected sequences (..., B, T, I), got {tuple(x.shape)}; one sequence is x[None]")
    models, H = x.shape[:-3], h0.shape[-1]
    need_same_shape(x_models_and_batch=x.shape[:-2], h0_models_and_batch=h0.shape[:-1])
    need_same_shape(expected=torch.Size((*models, x.shape[-1], gates * H)), W=W.shape)
    need_same_shape(expected=torch.Size((*models, H, gates * H)), U=U.shape)
