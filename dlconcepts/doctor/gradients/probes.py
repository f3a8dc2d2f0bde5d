"""On what a backward is examined: the inputs that were given, and others made of them that bring faults to light.

Shapes: as the inputs that were given; B is the first dimension of the first one, K its last.
A single input hides most: a batch of one hides a forgotten B, smooth numbers hide the kinks.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from .truth import floating

LARGE = 12.0  # saturates whatever saturates, and overflows nothing that was written with care


class Probe(NamedTuple):
    """Inputs to examine on. name: in words ("" is what was given); constants: keyword arguments of the forward."""

    name: str
    inputs: tuple
    constants: dict[str, Any] = {}  # noqa: RUF012 - read only


def cast(value: Any, dtype: torch.dtype) -> Any:
    """The value in another precision, if it has one. Always a copy, without a graph."""
    return value.detach().clone().to(dtype) if floating(value) else value.clone() if is_tensor(value) else value


def in_float64(inputs: Sequence) -> tuple:
    return tuple(cast(x, torch.float64) for x in inputs)


def copies(values: Sequence) -> list:
    """The values, each tensor as a copy with which a function may do what it likes."""
    return [x.clone() if isinstance(x, Tensor) else x for x in values]


def is_tensor(value: Any) -> bool:
    return isinstance(value, Tensor)


def probes(inputs: Sequence, constants: dict, works: Callable[[Probe], bool]) -> list[Probe]:
    """The given inputs in float64 and what can be made of them, as far as the forward takes it."""
    given = in_float64(inputs)
    generator = torch.Generator().manual_seed(7)
    found = [Probe("", given, constants)]
    given = tuple(x.contiguous() if is_tensor(x) else x for x in given)
    for make in (others, fewer_columns, whole_numbers, at_zero, large):
        found += [p._replace(constants=constants) for p in make(given, generator)]
    found[1:] = [probe for probe in found[1:] if works(probe)]
    for choices in (batch_of_one(given), batch_of_more(given, generator)):  # the first choice that works
        found += next(([p] for p in (c._replace(constants=constants) for c in choices) if works(p)), [])
    return found


def another(x: Any, generator: torch.Generator) -> Any:
    """Other numbers of the same kind: what was in [0, 1], positive, a class or a row of probabilities remains so."""
    if not is_tensor(x) or x.numel() == 0:
        return x
    if x.ndim > 1 and floating(x) and sums_to_one(x):
        return x.flip(0)
    y = x.reshape(-1)[torch.randperm(x.numel(), generator=generator)].view(x.shape).clone()
    if not floating(x) or ((x == 0) | (x == 1)).all():
        return y
    noise = torch.rand(x.shape, generator=generator, dtype=x.dtype)
    if x.min() < 0:
        return y * (0.5 + noise) + 0.1 * (noise - 0.5)
    return y + (0.3 * noise) * (y.mean() - y) if x.max() <= 1 else y * (0.8 + 0.4 * noise)


def sums_to_one(x: Tensor) -> bool:
    return bool((x >= 0).all() and torch.allclose(x.sum(-1), torch.ones((), dtype=x.dtype)))


def others(inputs: tuple, generator: torch.Generator) -> Iterator[Probe]:
    for _ in range(2):
        yield Probe("", tuple(another(x, generator) for x in inputs))


def sharing(inputs: tuple, dim: int) -> list[set[int]]:
    """Which inputs are cut together along an axis, the likeliest choice first: all of that size there, or the first."""
    first = inputs[0] if inputs and is_tensor(inputs[0]) and inputs[0].ndim else None
    if first is None:
        return []
    size = first.shape[dim]
    same = {i for i, x in enumerate(inputs) if is_tensor(x) and x.ndim and x.shape[dim] == size}
    like_first = {i for i in same if inputs[i].ndim >= first.ndim - 1 and inputs[i].shape[:1] == first.shape[:1]}
    return [s for s in ({0}, like_first, same) if s]


def batch_of_one(inputs: tuple) -> list[Probe]:
    if not sharing(inputs, 0) or len(inputs[0]) < 2:
        return []
    return [
        Probe("a batch of one", tuple(x[:1] if i in chosen else x for i, x in enumerate(inputs)))
        for chosen in reversed(sharing(inputs, 0))
    ]


def batch_of_more(inputs: tuple, generator: torch.Generator) -> list[Probe]:
    """Half as many examples again and more: neither 2 B nor B + 1, which are easily mistaken for something else."""
    if not sharing(inputs, 0) or not len(inputs[0]):
        return []
    extended = [torch.cat([x, another(x, generator)[: (len(x) + 2) // 2]]) if has_axis(x) else x for x in inputs]
    return [
        Probe("a larger batch", tuple(extended[i] if i in chosen else x for i, x in enumerate(inputs)))
        for chosen in reversed(sharing(inputs, 0))
    ]


def has_axis(x: Any) -> bool:
    return is_tensor(x) and x.ndim > 0


def fewer_columns(inputs: tuple, generator: torch.Generator) -> Iterator[Probe]:
    """One column less, in everything that has as many; classes that are then too high become the last one."""
    if not sharing(inputs, -1) or inputs[0].ndim < 2 or inputs[0].shape[-1] < 3:
        return
    K = inputs[0].shape[-1]
    cut = [x[..., : K - 1] if has_axis(x) and x.shape[-1] == K else x for x in inputs]
    yield Probe("one column less", tuple(c.clamp(max=K - 2) if is_class(c) else c for c in cut))


def is_class(x: Any) -> bool:
    return is_tensor(x) and x.dtype == torch.int64


def is_signed(x: Any) -> bool:
    """Numbers of both signs: no probabilities, variances or scales."""
    return floating(x) and x.numel() > 1 and bool((x < 0).any() and (x > 0).any())


def whole_numbers(inputs: tuple, generator: torch.Generator) -> Iterator[Probe]:
    """Whole numbers hit kinks and ties on purpose: 0, 1, 6 and equal neighbours."""
    if any(is_signed(x) for x in inputs):
        yield Probe("whole numbers", tuple((2 * x).round() if is_signed(x) else x for x in inputs))


def at_zero(inputs: tuple, generator: torch.Generator) -> Iterator[Probe]:
    """Every other entry of the first input exactly 0."""
    if inputs and is_signed(inputs[0]):
        x = inputs[0].clone()
        x.view(-1)[::2] = 0
        yield Probe("zeros", (x, *inputs[1:]))


def large(inputs: tuple, generator: torch.Generator) -> Iterator[Probe]:
    if inputs and is_signed(inputs[0]):
        yield Probe("large values", (LARGE * inputs[0], *inputs[1:]))
