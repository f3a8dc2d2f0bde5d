"""What a hand-written operation is, and what all of them need.

Shapes: x (..., B, I). The leading dimensions "..." are empty or hold models, so the code that is verified
for one network trains a stack of them.

An operation is a pair of pure functions,

    forward(x, *params, **constants)  ->  (y, saved)
    backward(dy, *saved)              ->  (dx, *dparams)

and the names of the backward's arguments say what the forward must remember. One row, a `Rule`, describes it.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import torch
from torch import Tensor


class Sample(NamedTuple):
    """One case to verify a rule on.

    inputs: what the forward takes, the differentiable ones first (x, then parameters, then targets or masks).
    constants: keyword arguments of the forward.
    smooth: False where an input sits on a kink; finite differences say nothing there, torch still does.
    """

    inputs: tuple[Tensor, ...]
    constants: dict[str, Any] = {}  # noqa: RUF012 - read only; a NamedTuple's default
    smooth: bool = True


class Rule(NamedTuple):
    """One row per operation: tests, `verify`, training and the README's table all read it.

    reference: torch's own version, `reference(x, *params, **constants) -> y`, for any leading dimensions.
    samples: `samples(lead, generator)` yields Samples in float64 whose leading dimensions are `lead`.
    bound: the largest error allowed against torch in float64, as `verify.error` measures it.
    parameters: `parameters(dy, *saved) -> dparams`, the backward without dx, where that is cheaper.
    """

    forward: Callable[..., tuple[Tensor, tuple]]
    backward: Callable[..., tuple[Tensor, ...]]
    reference: Callable[..., Tensor]
    samples: Callable[[tuple[int, ...], torch.Generator], Iterable[Sample]]
    bound: float = 1e-13
    parameters: Callable[..., tuple[Tensor, ...]] | None = None


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


def need_positive(**numbers: float | Tensor) -> None:
    """Raises ValueError for a number that is not above 0, or a tensor that holds one. NaN is not."""
    for name, number in numbers.items():
        if not torch.as_tensor(number > 0).all():
            raise ValueError(f"{name} must be positive, got {number}")


def per_model(value: float | Tensor, like: Tensor) -> float | Tensor:
    """A number per model, shaped to multiply `like`; a plain number is returned as it is.

    value (...) holds one number per model, like (..., any): the result has like's rank, with ones on the right.
    Left alone, (M,) or (M, 1, 1) against a bias (M, O) would broadcast along the wrong dimension without a word.
    Raises ValueError where value's dimensions are not like's leading ones.
    """
    if not isinstance(value, Tensor) or value.ndim == 0:
        return value
    need_same_shape(models=value.shape, leading=like.shape[: value.ndim])
    return value.reshape(value.shape + (1,) * (like.ndim - value.ndim))


def one_by_one(reference: Callable[..., Tensor], rank: int) -> Callable[..., Tensor]:
    """torch's function applied to each model's own tensors in turn, the results stacked.

    rank is the number of dimensions that one model's x has. Constants that are tensors are numbers per model.
    """

    def stacked(x: Tensor, *params: Tensor, **constants: Any) -> Tensor:
        if x.ndim == rank:
            return reference(x, *params, **constants)
        return torch.stack(
            [
                stacked(x[m], *(p[m] for p in params), **{name: model(c, m) for name, c in constants.items()})
                for m in range(len(x))
            ]
        )

    return stacked


def model(constant: Any, m: int) -> Any:
    """Model m's own value of a constant that may hold one number per model."""
    return constant[m] if isinstance(constant, Tensor) and constant.ndim else constant


def normal(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Standard normal float64 numbers."""
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def away_from(x: Tensor, *kinks: float, distance: float = 0.01) -> Tensor:
    """x with every entry at least `distance` from each kink, so that a difference quotient does not cross one."""
    for kink in kinks:
        side = torch.where(x >= kink, 1.0, -1.0)
        x = kink + side * (x - kink).abs().clamp_min(distance)
    return x
