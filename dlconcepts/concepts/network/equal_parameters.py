"""Which widths give networks of different depth the same number of parameters."""

from itertools import pairwise


def parameters(I: int, hidden: tuple[int, ...], K: int) -> int:
    """Weights and biases of a fully connected network from I inputs to K outputs."""
    return sum((a + 1) * b for a, b in pairwise((I, *hidden, K)))


def equally_many(count: int, depth: int, I: int, K: int) -> tuple[int, ...]:
    """So many hidden layers of one width, the one whose parameters come nearest to `count`; at least one unit wide."""
    width = 1
    while parameters(I, (width + 1,) * depth, K) <= count:
        width += 1
    return min(((width + more,) * depth for more in (0, 1)), key=lambda hidden: abs(parameters(I, hidden, K) - count))
