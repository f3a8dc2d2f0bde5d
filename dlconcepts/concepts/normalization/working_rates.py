"""Which learning rates work, of those that were tried: rates and the accuracy that each reached, None: it diverged."""

from collections.abc import Sequence
from math import log10


def working(rates: Sequence[float], reached: Sequence[float | None], cost: float) -> list[float]:
    """The rates that cost at most so much accuracy against the best one; none where all diverged."""
    finite = {lr: a for lr, a in zip(rates, reached, strict=True) if a is not None}
    return [lr for lr, a in finite.items() if a >= max(finite.values()) - cost]


def decades(rates: Sequence[float]) -> float | None:
    """How many powers of ten lie between the smallest and the largest of them; None of none."""
    return log10(max(rates) / min(rates)) if rates else None
