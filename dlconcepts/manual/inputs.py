"""What every formula asks of its inputs, and how it takes a number per model.

Shapes: x (..., any). The leading dimensions "..." are empty or hold models, so the code that is verified for one
network trains a stack of them.
"""

import torch
from torch import Tensor


def need_floating(x: Tensor) -> None:
    """Raises TypeError for an integer or boolean tensor, which has no gradient."""
    if not x.is_floating_point():
        raise TypeError(f"expected a floating-point tensor, got {x.dtype}; convert it with x.float()")


def need_same_shape(**shapes: torch.Size) -> None:
    """Raises ValueError, naming both, unless all the shapes are equal: broadcasting would hide a mistake."""
    (first, expected), *others = shapes.items()
    for name, shape in others:
        if shape != expected:
            raise ValueError(f"{first} {tuple(expected)} and {name} {tuple(shape)} must be equal")


def seen(value: float | Tensor) -> tuple[float, ...]:
    """What a check looks at: a plain number itself, a tensor's least and greatest entry, NaN if it holds one.

    Nothing, so that the check is skipped, where entries cannot be looked at: while vmap or a compiler traces a formula,
    and in meta and fake tensors, which have none. Nothing on an accelerator either: to look would make its whole queue
    wait, at every step. Every update asks, so it must cost little: 0.5 us for a plain number, 4 us for a tensor.
    """
    if not isinstance(value, Tensor):
        return (value,)
    if value.device.type != "cpu" or not value.numel() or torch.compiler.is_compiling():
        return ()
    try:
        return tuple(extreme.item() for extreme in value.aminmax())
    except RuntimeError:  # vmap's, a fake tensor's
        return ()


def need_positive(**numbers: float | Tensor) -> None:
    """Raises ValueError for a number that is not above 0, or a tensor that holds one. NaN is not."""
    for name, number in numbers.items():
        if not all(extreme > 0 for extreme in seen(number)):
            raise ValueError(f"{name} must be positive, got {number}")


def per_model(value: float | Tensor, like: Tensor) -> float | Tensor:
    """A number per model, shaped to multiply `like` and in its precision; a plain number is returned as it is.

    value (...) holds one number per model, like (..., any): the result has like's rank, with ones on the right.
    Left alone, (M,) or (M, 1, 1) against a bias (M, O) would broadcast along the wrong dimension without a word, and
    float64 numbers would make a float32 network's gradients float64.
    Raises ValueError where value's dimensions are not like's leading ones.
    """
    if not isinstance(value, Tensor):
        return value
    need_same_shape(models=value.shape, leading=like.shape[: value.ndim])
    value = value.reshape(value.shape + (1,) * (like.ndim - value.ndim))
    return value.to(like.dtype) if value.is_floating_point() else value
