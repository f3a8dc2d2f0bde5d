"""A row for each operation: what it is, torch's own version of it, and what the two are compared on.

Shapes: x (..., B, I). The leading dimensions "..." are empty or hold models.

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


Samples = Callable[[tuple[int, ...], torch.Generator], Iterable[Sample]]
Cases = list[tuple[tuple[int, ...], dict[str, Any]]]  # shapes of x, and constants


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
    samples: Samples
    bound: float = 1e-13
    parameters: Callable[..., tuple[Tensor, ...]] | None = None


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
