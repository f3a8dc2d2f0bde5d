"""Gradient clipping: no step longer than a given one, however steep the loss.

Shapes: gradients, a list of tensors (..., any), as many leading dimensions as `models` says; norm (...);
max_norm and limit: one number for all or one per model (...).
Source: R. Pascanu, T. Mikolov, Y. Bengio, 2013, "On the difficulty of training recurrent neural networks",
https://arxiv.org/abs/1211.5063
"""

import torch
from torch import Tensor

from .inputs import per_model
from .regularization import Number, need_not_negative


def gradient_norm(gradients: list[Tensor], models: int = 0) -> Tensor:
    """sqrt(the sum of squares of all of a model's gradients), (...): all tensors of a model count as one vector.

    models: the number of leading dimensions that hold models, 0 for one network, 1 for a stack.
    """
    squares = [dp.reshape(*dp.shape[:models], -1).square().sum(-1) for dp in gradients]
    return torch.stack(squares).sum(0).sqrt()


def clip_by_norm(gradients: list[Tensor], max_norm: Number, models: int = 0) -> tuple[list[Tensor], Tensor]:
    """The gradients, each model's as one vector shortened to max_norm where it is longer; and the norms before.

    dp min(1, max_norm / (norm + 1e-6)), as torch's clip_grad_norm_: the 1e-6 keeps a norm of 0 from dividing by 0,
    and shortens even a norm of exactly max_norm by a millionth. A NaN makes all of its model's gradients NaN.
    Raises ValueError for max_norm below 0, with which torch turns every gradient around.
    """
    need_not_negative(max_norm=max_norm)
    norm = gradient_norm(gradients, models)
    factor = (per_model(max_norm, norm) / (norm + 1e-6)).clamp_max(1)
    return [dp * per_model(factor, dp) for dp in gradients], norm


def clip_by_value(gradients: list[Tensor], limit: Number) -> list[Tensor]:
    """Each entry by itself kept within +-limit, as torch's clip_grad_value_: bends the gradient. NaN stays NaN.

    Raises ValueError for a limit below 0.
    """
    need_not_negative(limit=limit)
    return [dp.clamp_min(-per_model(limit, dp)).clamp_max(per_model(limit, dp)) for dp in gradients]
