"""Gated recurrent unit: a recurrent cell with gates, which decide what it forgets and how much of its memory stays.

Shapes: x (..., B, T, I), h0 (..., B, H), h (..., B, T, H); W (..., I, 3 H), U (..., H, 3 H), b, c (..., 3 H): in each
the reset gate's, the update gate's and the new memory's part side by side.
Where the update gate is open the memory, and on the way back its gradient, passes a step unchanged.
Source: K. Cho et al., 2014, https://arxiv.org/abs/1406.1078, in torch.nn.GRU's form: the reset gate multiplies what
the last memory gives, its bias c included, and not the memory itself; and z keeps the old memory, not the new.
"""

import torch
from torch import Tensor

from .inputs import need_same_shape
from .precision import rounded_once
from .recurrent import in_time, need_sequence, rows

Six = tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]


@rounded_once
def gru(x: Tensor, W: Tensor, b: Tensor, U: Tensor, c: Tensor, h0: Tensor) -> tuple[Tensor, tuple]:
    """h_t = z h_{t-1} + (1 - z) n, n = tanh(a_n + r s_n), r = sigmoid(a_r + s_r), z = sigmoid(a_z + s_z)

    [a_r, a_z, a_n] = x_t W + b and [s_r, s_z, s_n] = h_{t-1} U + c. Raises ValueError where shapes do not fit.
    """
    need_sequence(x, W, U, h0, gates=3)
    need_same_shape(W_models_and_units=W.shape[:-2] + W.shape[-1:], b=b.shape, c=c.shape)
    h, states, tape = h0, [], []
    for x_t in x.unbind(-2):
        a_r, a_z, a_n = (x_t @ W + b.unsqueeze(-2)).chunk(3, -1)
        s_r, s_z, s_n = (h @ U + c.unsqueeze(-2)).chunk(3, -1)
        r, z = torch.sigmoid(a_r + s_r), torch.sigmoid(a_z + s_z)
        n = torch.tanh(a_n + r * s_n)
        tape.append((h, r, z, n, s_n))
        h = z * h + (1 - z) * n
        states.append(h)
    return in_time(states, h0), (x, W, U, h0, tape)


@rounded_once
def gru_backward(dh: Tensor, x: Tensor, W: Tensor, U: Tensor, h0: Tensor, tape: list[tuple]) -> Six:
    """From the last step to the first, step by step as in `step_backward`; then each weight's gradient as in a linear
    layer: dx = da W^T, dW = x^T da, db = da, dU = h_{t-1}^T ds, dc = ds, summed over batch and time.
    """
    from_later = torch.zeros_like(h0)
    steps: list[tuple[Tensor, Tensor]] = []
    for dh_t, (h, r, z, n, s_n) in zip(reversed(dh.unbind(-2)), reversed(tape), strict=True):
        da_t, ds_t, straight = step_backward(dh_t + from_later, h, r, z, n, s_n)
        from_later = straight + ds_t @ U.mT
        steps.append((da_t, ds_t))
    wide = h0.new_zeros(*h0.shape[:-1], W.shape[-1])
    da, ds = (in_time([step[k] for step in reversed(steps)], wide) for k in (0, 1))
    before = in_time([h for h, *_ in tape], h0)
    dW, dU = rows(x).mT @ rows(da), rows(before).mT @ rows(ds)
    return da @ W.mT.unsqueeze(-3), dW, rows(da).sum(-2), dU, rows(ds).sum(-2), from_later


def step_backward(dh: Tensor, h: Tensor, r: Tensor, z: Tensor, n: Tensor, s_n: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """da and ds of one step (..., B, 3 H), and what goes straight to the step before, dh z.

    dz = dh (h - n) and dn = dh (1 - z) since h_t = z h + (1 - z) n; r stands before s_n, so dr = da_n s_n, and s_n
    gets da_n r. A gate's slope is r (1 - r), tanh's 1 - n^2.
    """
    da_n = dh * (1 - z) * (1 - n * n)
    da_r = da_n * s_n * r * (1 - r)
    da_z = dh * (h - n) * z * (1 - z)
    return torch.cat([da_r, da_z, da_n], -1), torch.cat([da_r, da_z, da_n * r], -1), dh * z
