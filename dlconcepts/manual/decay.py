"""Schedules that let the learning rate fall: at milestones, along a power, with the root of time, or at the very end.

Shapes: none, plain numbers: pure functions of the step t = 0, 1, 2 ... that give a factor, as in `learning_rate`.
Sources: inverse square root, A. Vaswani et al., 2017, https://arxiv.org/abs/1706.03762; polynomial, L.-C. Chen et al.,
2016, https://arxiv.org/abs/1606.00915; warm-up-stable-decay, S. Hu et al., 2024, https://arxiv.org/abs/2404.06395
"""

from collections.abc import Sequence

from .learning_rate import POSITIVE, need_step, need_steps, warm_up
from .number import FRACTION, need_range


def multi_step(t: int, milestones: Sequence[int], gamma: float = 0.1) -> float:
    """gamma^k, k the number of milestones that t has reached; one that is given twice cuts twice, as in torch."""
    need_step(t)
    for milestone in milestones:
        need_steps(milestone=milestone)
    need_range(POSITIVE, gamma=gamma)
    return float(gamma ** sum(milestone <= t for milestone in milestones))


def polynomial(t: int, steps: int, power: float = 1.0) -> float:
    """(1 - t / steps)^power, then 0: a straight line down for power 1, steep at first for a higher one."""
    need_step(t)
    need_steps(steps=steps)
    need_range(POSITIVE, power=power)
    return (1 - min(t / steps, 1)) ** power


def inverse_square_root(t: int, rise: int) -> float:
    """min(s / rise, sqrt(rise / s)), s = t + 1: up in `rise` equal steps to 1, then down with the root of time.

    It needs no end, so training may go on. The authors' own, d^(-1/2) min(s^(-1/2), s rise^(-3/2)), is this times
    1 / sqrt(d rise), d being their layers' width.
    """
    need_step(t)
    need_steps(rise=rise)
    s = t + 1
    return min(s / rise, (rise / s) ** 0.5)


def warm_up_stable_decay(t: int, steps: int, rise: int, fall: int, start: float = 1 / 3, lowest: float = 0.0) -> float:
    """Warm-up for `rise` steps, then 1, and over the last `fall` of `steps` in equal steps down to lowest.

    Where to end is decided late: the middle may be as long as one likes. Raises ValueError where rise and fall overlap.
    """
    need_step(t)
    need_steps(steps=steps, rise=rise, fall=fall)
    need_range(FRACTION, lowest=lowest)
    if rise + fall > steps:
        raise ValueError(f"rise {rise} and fall {fall} must fit into steps = {steps}")
    return warm_up(t, rise, start) if t < rise else 1 - (1 - lowest) * min(max(t - (steps - fall), 0) / fall, 1)
