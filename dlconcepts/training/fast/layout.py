"""How a stack's parameters lie in memory.

Shapes: a parameter (M, I, O) or (M, O); rows (M, P): each model's parameters end to end, its matrices before its
vectors, each unit's weights side by side.
"""

import torch
from torch import Tensor

from ...manual.backprop import Params

ALIGNED = 16  # numbers: a row begins where the processor's widest registers like to read


def turned(params: Params) -> Params:
    """A copy, each parameter by itself; each unit's weights side by side in memory."""
    copy = torch.contiguous_format
    return [
        tuple(p.mT.clone(memory_format=copy).mT if p.ndim > 2 else p.clone(memory_format=copy) for p in layer)
        for layer in params
    ]


def size(params: Params, rank: int) -> int:
    """How many numbers a model has in parameters of this rank, the models' dimension included."""
    return sum(p[0].numel() for layer in params for p in layer if p.ndim == rank)


def end_to_end(params: Params) -> tuple[Tensor, Params]:
    """A copy in rows, and the parameters as views of these."""
    (first, *_), *_ = params
    P = size(params, 3) + size(params, 2)
    rows = first.new_empty(len(first), -(-P // ALIGNED) * ALIGNED)[:, :P]
    views = views_of(rows, params)
    for layer, own in zip(views, params, strict=True):
        for view, p in zip(layer, own, strict=True):
            view.copy_(p)
    return rows, views


def views_of(rows: Tensor, like: Params) -> Params:
    """Tensors of `like`'s shapes in the rows, for as many models as there are rows."""
    begin = {3: 0, 2: size(like, 3)}

    def view(p: Tensor) -> Tensor:
        own = rows.narrow(1, begin[p.ndim], p[0].numel())
        begin[p.ndim] += p[0].numel()
        return own.unflatten(1, p.mT.shape[1:]).mT if p.ndim == 3 else own

    return [tuple(view(p) for p in layer) for layer in like]
