"""The true gradient, from two sources that know nothing of each other: torch.autograd and finite differences.

Shapes: x any, y any, dy as y, J (Y, X): the derivative of y's Y entries by x's X entries.
The five-point stencil: M. Abramowitz, I. A. Stegun, "Handbook of Mathematical Functions", 1964, table 25.2.
"""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

Function = Callable[..., Tensor]  # function(*inputs) -> y
MANY = 48  # entries of one input that are moved for differences; of a larger one a random choice
ROUGH = 1e-6  # as far as differences can be trusted, whatever the function


def floating(value: Any) -> bool:
    """Is it something that can have a gradient?"""
    return isinstance(value, Tensor) and value.is_floating_point()


def with_leaves(
    function: Function, inputs: Sequence, positions: Sequence[int]
) -> tuple[Tensor | None, dict[int, Tensor]]:
    """y with a graph behind it, and the leaves by position; y is None where autograd cannot follow (NumPy, say)."""
    leaves = {i: inputs[i].detach().clone().requires_grad_() for i in positions}
    try:
        with warnings.catch_warnings(), torch.enable_grad():  # the reader's file may have switched it off
            warnings.simplefilter("ignore")
            given = [leaves[i].clone() if i in leaves else x for i, x in enumerate(inputs)]  # may be changed in place
            return function(*given), leaves
    except RuntimeError:
        return None, leaves


def by_autograd(function: Function, inputs: Sequence, dy: Tensor) -> dict[int, Tensor] | None:
    """torch's gradient by each floating input; None where y has no graph at all.

    Some functions refuse a graph for one input (batch norm's running mean): then each input is asked for alone.
    """
    positions = [i for i, x in enumerate(inputs) if floating(x)]
    found = by_positions(function, inputs, dy, positions)
    if found is None and len(positions) > 1:
        apart = [by_positions(function, inputs, dy, [i]) for i in positions]
        return {i: g for one in apart if one for i, g in one.items()} or None
    return found


def by_positions(
    function: Function, inputs: Sequence, dy: Tensor, positions: Sequence[int]
) -> dict[int, Tensor] | None:
    y, leaves = with_leaves(function, inputs, positions)
    if y is None or not y.requires_grad or y.shape != dy.shape:
        return None
    try:
        found = torch.autograd.grad(y, list(leaves.values()), dy.to(y.dtype), allow_unused=True)
    except RuntimeError:  # the graph was changed in place
        return None
    return {i: torch.zeros_like(leaves[i]) if g is None else g for i, g in zip(leaves, found, strict=True)}


def jacobian(function: Function, inputs: Sequence, i: int) -> Tensor:
    """J (Y, X) of y by input i, a row per entry of y; by differences where there is no graph."""
    y, leaves = with_leaves(function, inputs, [i])
    if y is None or not y.requires_grad:
        return jacobian_by_differences(function, inputs, i)
    ones = torch.eye(y.numel(), dtype=y.dtype).view(-1, *y.shape)
    return at_once(y, leaves[i], ones) if y.numel() > 24 else one_by_one(y, leaves[i], ones)


def one_by_one(y: Tensor, leaf: Tensor, ones: Tensor) -> Tensor:
    rows = [torch.autograd.grad(y, [leaf], one, retain_graph=True, allow_unused=True)[0] for one in ones]
    empty = torch.zeros((0, leaf.numel()), dtype=y.dtype)
    return torch.cat([empty, *(torch.zeros_like(leaf).view(1, -1) if g is None else g.reshape(1, -1) for g in rows)])


def at_once(y: Tensor, leaf: Tensor, ones: Tensor) -> Tensor:
    """All rows by one vectorized backward, where torch can vectorize every operation of the graph."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            (found,) = torch.autograd.grad(y, [leaf], ones, retain_graph=True, allow_unused=True, is_grads_batched=True)
    except RuntimeError:
        return one_by_one(y, leaf, ones)
    return torch.zeros((len(ones), leaf.numel()), dtype=y.dtype) if found is None else found.reshape(len(ones), -1)


def jacobian_by_differences(function: Function, inputs: Sequence, i: int, h: float = 1e-3) -> Tensor:
    """J (Y, X) from values alone, a column per entry of x."""

    def column(k: int) -> Tensor:
        far = moved(function, inputs, i, k, -2 * h) - moved(function, inputs, i, k, 2 * h)
        near = moved(function, inputs, i, k, h) - moved(function, inputs, i, k, -h)
        return ((far + 8 * near) / (12 * h)).reshape(-1)

    return torch.stack([column(k) for k in range(inputs[i].numel())], -1)  # (Y, X)


def chosen_entries(x: Tensor) -> list[int]:
    """The entries that are moved: all, or a random choice that is the same each time."""
    if x.numel() <= MANY:
        return list(range(x.numel()))
    return torch.randperm(x.numel(), generator=torch.Generator().manual_seed(x.numel()))[:MANY].tolist()


def by_differences(function: Function, inputs: Sequence, dy: Tensor, i: int) -> tuple[Tensor, Tensor]:
    """(the gradient by input i from values alone, where it can be trusted); NaN at entries that were not moved.

    Two step sizes must agree, and the slopes to the left and to the right: else a kink is near, or it is too steep.
    """
    x = inputs[i]
    fine, trusted = torch.full((x.numel(),), torch.nan, dtype=x.dtype), torch.zeros(x.numel(), dtype=torch.bool)
    for k in chosen_entries(x):
        try:
            fine[k], trusted[k] = by_stencils(function, inputs, dy, i, k)
        except (RuntimeError, ValueError, ArithmeticError):  # a step beyond what the function takes: p above 1, say
            continue
    return fine.view(x.shape), trusted.view(x.shape)


def by_stencils(function: Function, inputs: Sequence, dy: Tensor, i: int, k: int) -> tuple[Tensor, bool]:
    """(the slope by entry k of input i, whether it can be trusted)"""
    step = 1e-3 * max(1.0, min(float(inputs[i].reshape(-1)[k].abs()), 1e3))
    coarse, fine = (stencil(function, inputs, dy, i, k, h) for h in (step, step / 4))
    agree = bool(fine.isfinite()) and abs(float(coarse - fine)) <= ROUGH * max(1.0, abs(float(fine)))
    return fine, agree and not kinked(function, inputs, dy, i, k)


def stencil(function: Function, inputs: Sequence, dy: Tensor, i: int, k: int, h: float) -> Tensor:
    """(f(x - 2h) - 8 f(x - h) + 8 f(x + h) - f(x + 2h)) / 12 h, subtracted before the sum, where less is lost."""
    far = moved(function, inputs, i, k, -2 * h) - moved(function, inputs, i, k, 2 * h)
    near = moved(function, inputs, i, k, h) - moved(function, inputs, i, k, -h)
    return (dy * (far + 8 * near)).sum() / (12 * h)


def moved(function: Function, inputs: Sequence, i: int, k: int, shift: float) -> Tensor:
    """y with entry k of input i shifted; every input is a copy, so that the function may do with it what it likes."""
    copies = [x.clone(memory_format=torch.contiguous_format) if isinstance(x, Tensor) else x for x in inputs]
    copies[i].view(-1)[k] += shift
    return function(*copies).detach()


def kinked(function: Function, inputs: Sequence, dy: Tensor, i: int, k: int) -> bool:
    """Is entry k just where the slope jumps? The stencil takes the middle there and does not notice."""
    left, right = slopes(function, inputs, dy, i, k)
    return not abs(left - right) <= 1e-3 * max(1.0, abs(left), abs(right))


def slopes(function: Function, inputs: Sequence, dy: Tensor, i: int, k: int, h: float = 1e-6) -> tuple[float, float]:
    """The slopes to the left and to the right of entry k: they differ at a kink."""
    here = moved(function, inputs, i, k, 0.0)
    left = (dy * (here - moved(function, inputs, i, k, -h))).sum() / h
    right = (dy * (moved(function, inputs, i, k, h) - here)).sum() / h
    return float(left), float(right)
