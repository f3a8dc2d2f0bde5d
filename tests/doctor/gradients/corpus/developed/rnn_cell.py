"""h' = tanh(x V + h U + b), once or for several steps."""

from functools import partial

import torch

from ..case import Case
from ..draw import drawn, normal

case = partial(Case, "rnn cell")
SHAPES = (5, 3), (5, 4), (3, 4), (4, 4), (4,)


def cell(x, h, V, U, b):
    new = torch.tanh(x @ V + h @ U + b)
    return new, (x, h, V, U, new)


def through(dz, x, h, V, U):
    return dz @ V.mT, dz @ U.mT, x.mT @ dz, h.mT @ dz, dz.sum(0)


def tanh_forgotten(dy, x, h, V, U, new):
    """dy is taken for the gradient before the tanh."""
    return through(dy, x, h, V, U)


def recurrent_untransposed(dy, x, h, V, U, new):
    """U is square, so nothing complains that it is not transposed."""
    dz = dy * (1 - new**2)
    dx, _, dV, dU, db = through(dz, x, h, V, U)
    return dx, dz @ U, dV, dU, db


def recurrent_learns_from_new(dy, x, h, V, U, new):
    """U was multiplied with the old state; here the new one is taken."""
    dz = dy * (1 - new**2)
    dx, dh, dV, _, db = through(dz, x, h, V, U)
    return dx, dh, dV, new.mT @ dz, db


def unrolled(h, U):
    """Three steps without input."""
    states = [h]
    for _ in range(3):
        states.append(torch.tanh(states[-1] @ U))
    return states[-1], (states, U)


def last_step_only(dy, states, U):
    """U is used in every step; only the last use is counted."""
    dh, dU = dy, None
    for h, new in zip(states[-2::-1], states[:0:-1], strict=True):
        dz = dh * (1 - new**2)
        if dU is None:
            dU = h.mT @ dz
        dh = dz @ U.mT
    return dh, dU


def truncated(h, U):
    """Each step starts from a detached state, as in truncated backpropagation."""
    for _ in range(3):
        h = torch.tanh(h.detach() @ U)
    return h


def through_time(dy, states, U):
    dh, dU = dy, torch.zeros_like(U)
    for h, new in zip(states[-2::-1], states[:0:-1], strict=True):
        dz = dh * (1 - new**2)
        dU = dU + h.mT @ dz
        dh = dz @ U.mT
    return dh, dU


def through_time_from_h(dy, h, U):
    return through_time(dy, *unrolled(h, U)[1])


def right(dy, x, h, V, U, new):
    return through(dy * (1 - new.square()), x, h, V, U)


CASES = [
    case(
        *("rnn cell does not go back through tanh", cell, tanh_forgotten, drawn(*SHAPES)),
        **dict(cause="missing factor", gradients=("dx", "dh", "dV", "dU", "db"), detail="1 - h'^2"),
    ),
    case(
        *("rnn cell goes back through U untransposed", cell, recurrent_untransposed, drawn(*SHAPES)),
        **dict(cause="transposed", gradients=("dh",), detail="U for its transpose"),
    ),
    case(
        *("rnn cell's recurrent weight learns from the new state", cell, recurrent_learns_from_new, drawn(*SHAPES)),
        **dict(cause="other", gradients=("dU",), detail="h' in place of h"),
    ),
    case(
        *("rnn counts the last step only", unrolled, last_step_only, drawn((5, 4), (4, 4))),
        **dict(cause="missing term", gradients=("dU",), detail="earlier steps"),
    ),
    case(
        *("rnn detaches its state in every step", truncated, through_time_from_h, drawn((5, 4), (4, 4))),
        **dict(cause="detached", detail="the state in each step"),
    ),
    case("rnn cell", cell, right, drawn(*SHAPES)),
    case("rnn through time", unrolled, through_time, drawn((5, 4), (4, 4))),
    case(
        *("rnn cell in float32, one example", cell, right),
        lambda g: tuple(normal(g, *shape).float() for shape in [(1, 3), (1, 4), *SHAPES[2:]]),
    ),
]
