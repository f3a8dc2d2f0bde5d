"""Which shapes of an input four units take, by the convention in which a sample's numbers are written.

Shapes: rows (N, 4), columns and channels (N, 4, 1); W (4, O), b (O,).
Rows of examples are what torch.nn.Linear and our `linear` take; a column per sample is how W x is written on paper,
and four channels of one place are what a one-dimensional convolution takes.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from ...manual.linear import linear
from ...rules.verify import error

COUNTS = (1, 100)  # samples at a time


def torch_rows(x: Tensor, W: Tensor, b: Tensor) -> Tensor:
    return nn.functional.linear(x, W.mT, b)


def our_rows(x: Tensor, W: Tensor, b: Tensor) -> Tensor:
    return linear(x, W, b)[0]


def columns(x: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """W x + b for each sample, x a column."""
    return torch.matmul(W.mT, x) + b[:, None]


def channels(x: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """A convolution whose window is one place wide."""
    return nn.functional.conv1d(x, W.mT[:, :, None], b)


conventions: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "torch.nn.Linear": torch_rows,
    "linear, by hand": our_rows,
    "column per sample": columns,
    "channels of a convolution": channels,
}


def refused(convention: str, x: Tensor, W: Tensor, b: Tensor) -> bool:
    """Does it refuse this shape, or answer with other numbers than x W + b?"""
    expected = x.reshape(-1, len(W)) @ W + b
    try:
        found = conventions[convention](x, W, b)
    except (RuntimeError, ValueError):
        return True
    return found.numel() != expected.numel() or error(found.reshape(expected.shape), expected) > 1e-12


def refusals(x: Tensor, W: Tensor, b: Tensor) -> dict[str, dict[str, int]]:
    """By convention, how many of the shapes (N, 4) and (N, 4, 1) it refuses, for N of COUNTS; x (N, 4)."""
    return {
        name: {
            "(N, 4)": sum(refused(name, x[:N], W, b) for N in COUNTS),
            "(N, 4, 1)": sum(refused(name, x[:N, :, None], W, b) for N in COUNTS),
        }
        for name in conventions
    }
