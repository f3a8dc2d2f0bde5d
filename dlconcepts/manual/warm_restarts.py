"""Warm restarts: a cosine down, and then up again at one stroke, so that training leaves the minimum it has found.

Shapes: none, plain numbers: a pure function of the step t = 0, 1, 2 ... that gives a factor, as in `learning_rate`.
Source: I. Loshchilov, F. Hutter, 2016, "SGDR: stochastic gradient descent with warm restarts",
https://arxiv.org/abs/1608.03983
"""

from .learning_rate import anneal, need_step, need_steps
from .number import FRACTION, need_range


def warm_restarts(t: int, first: int, growth: int = 1, lowest: float = 0.0) -> float:
    """From 1 down to nearly lowest along half a cosine of `first` steps, then from 1 anew over growth times as many.

    growth is torch's T_mult, a whole number. The lowest rate itself is never taken: its step is the restart's.
    """
    need_step(t)
    need_steps(first=first, growth=growth)
    need_range(FRACTION, lowest=lowest)
    since, length = period(t, first, growth)
    return anneal(1.0, lowest, since / length)


def period(t: int, first: int, growth: int) -> tuple[int, int]:
    """How many steps the last restart lies back, and how many its period has."""
    if growth == 1:
        return t % first, first
    length = first
    while t >= length:
        t, length = t - length, length * growth
    return t, length
