"""Learning-rate schedules: how large a step is when.

Shapes: none, plain numbers; a factor multiplies any learning rate, or a tensor of one per model.
A schedule is a pure function of the step t = 0, 1, 2 ...: factor(t, **constants), and the rate is lr times that. The
order of the calls does not matter, so training resumes where it stopped. Closed forms of torch.optim.lr_scheduler's.
A rate that waits for the loss to stall is no function of t: see plateau.py.
Sources: cosine, I. Loshchilov, F. Hutter, 2016, https://arxiv.org/abs/1608.03983; warm-up, P. Goyal et al., 2017,
https://arxiv.org/abs/1706.02677; one-cycle, L. N. Smith, N. Topin, 2017, https://arxiv.org/abs/1708.07120
"""

import math

from .number import BELOW_ONE, FRACTION, NOT_NEGATIVE, POSITIVE_FRACTION, Range, need_range

POSITIVE = Range(math.nextafter(0.0, 1.0), NOT_NEGATIVE.high, "finite and above 0")


def need_step(t: int) -> None:
    """Raises ValueError for a negative step."""
    if t < 0:
        raise ValueError(f"t must be a step from 0 on, got {t}")


def need_steps(**counts: int) -> None:
    """Raises ValueError for a length that is not a whole number of at least 1."""
    for name, count in counts.items():
        if count != int(count) or count < 1:
            raise ValueError(f"{name} must be a whole number of at least 1, got {count}")


def constant(t: int) -> float:
    """1: the same rate throughout."""
    need_step(t)
    return 1.0


def step(t: int, every: int, gamma: float = 0.1) -> float:
    """gamma^(t // every): a cut every so many steps."""
    need_step(t)
    need_steps(every=every)
    need_range(POSITIVE, gamma=gamma)
    return gamma ** (t // every)


def exponential(t: int, gamma: float) -> float:
    """gamma^t: the same cut at every step."""
    need_step(t)
    need_range(POSITIVE, gamma=gamma)
    return gamma**t


def cosine(t: int, steps: int, lowest: float = 0.0) -> float:
    """From 1 down to lowest along half a cosine; from t = steps on back up again, as torch does."""
    need_step(t)
    need_steps(steps=steps)
    need_range(FRACTION, lowest=lowest)
    return anneal(1.0, lowest, t / steps)


def anneal(start: float, end: float, progress: float) -> float:
    """From start to end along half a cosine: (1 + cos(pi progress)) / 2 of the way is left."""
    return end + (start - end) * (1 + math.cos(math.pi * progress)) / 2


def warm_up(t: int, steps: int, start: float = 1 / 3) -> float:
    """From start to 1 in equal steps, then 1. Young weights have gradients that a full step would overshoot."""
    need_step(t)
    need_steps(steps=steps)
    need_range(POSITIVE_FRACTION, start=start)
    return 1 - (1 - start) * (1 - min(t / steps, 1))  # exactly 1 at the end


def warm_up_cosine(t: int, steps: int, rise: int, start: float = 1 / 3, lowest: float = 0.0) -> float:
    """Warm-up for `rise` steps, then a cosine over the rest of `steps`. Raises ValueError where no step is left."""
    need_steps(rise=rise)
    if not rise < steps:
        raise ValueError(f"rise must be below steps = {steps}, got {rise}")
    return warm_up(t, rise, start) if t < rise else cosine(t - rise, steps - rise, lowest)


def one_cycle(
    t: int, steps: int, pct_start: float = 0.3, div_factor: float = 25.0, final_div_factor: float = 1e4
) -> float:
    """From 1 / div_factor up to 1 and down to 1 / (div_factor final_div_factor), along two half cosines.

    lr is the highest rate. The top is at t = pct_start steps - 1, which is between two steps where that is no whole
    number; the lowest is at t = steps - 1. Momentum stays as it is (torch: cycle_momentum=False).
    Raises ValueError for t beyond steps, one more than training takes, as torch does.
    """
    need_step(t)
    need_steps(steps=steps)
    need_range(BELOW_ONE, pct_start=pct_start)
    need_range(POSITIVE, div_factor=div_factor, final_div_factor=final_div_factor)
    if t > steps:
        raise ValueError(f"t must be at most steps = {steps}, got {t}")
    first, top, last = 1 / div_factor, pct_start * steps - 1, steps - 1
    if t < top:
        return anneal(first, 1.0, t / top)
    return anneal(1.0, first / final_div_factor, (t - top) / (last - top))
