"""How far each score falls short of a margin of 1."""

from functools import partial

import torch

from ..case import Case
from ..draw import integers, normal

case = partial(Case, "hinge")


def hinge(z, t):
    """Two classes, t = -1 or 1."""
    return torch.relu(1 - t * z).mean()


def margins(z, y):
    violated = torch.relu(z - z.gather(1, y[:, None]) + 1)
    return violated.scatter(1, y[:, None], 0.0)


def multiclass(z, y):
    """Every class against the true one."""
    return margins(z, y).sum() / len(z)


def no_margin(dy, z, t):
    """Examples that are right with a margin should not pull any more."""
    return -dy * t / len(z)


def inside_the_margin(dy, z, t):
    """The comparison is the wrong way round."""
    return -dy * t * (t * z > 1) / len(z)


def climbing(dy, z, t):
    """The inner derivative is -t."""
    return dy * t * (t * z < 1) / len(z)


def true_class_once(dy, z, y):
    """The true class is pulled once, not once for each class that violates its margin."""
    dz = (margins(z, y) > 0).to(z.dtype)
    dz[torch.arange(len(z)), y] = -1
    return dy * dz / len(z)


def true_class_left_out(dy, z, y):
    """Only the other classes are pushed away."""
    return dy * (margins(z, y) > 0) / len(z)


def by_margin(dy, z, t):
    active = (1 - t * z) > 0
    return torch.where(active, -t, 0) * dy / len(z), None


def by_one_hot(dy, z, y):
    active = (margins(z, y) > 0).to(z.dtype)
    truth = torch.nn.functional.one_hot(y, z.shape[1])
    return (active - truth * active.sum(1, keepdim=True)) * dy / len(z)


def two_classes(g):
    """Some inside the margin, some beyond."""
    t = 2 * integers(g, 2, 7) - 1
    z = 2 * normal(g, 7)
    z[0], z[1] = 2.0 * t[0], -0.5 * t[1]
    return z, t


def at_the_margin(g):
    z, t = two_classes(g)
    z[2:5] = t[2:5]
    return z, t


def three_violations(g):
    """Some example has two classes or more above its margin."""
    z, y = normal(g, 5, 4), integers(g, 4, 5)
    z[0, y[0]] -= 4
    return z, y


CASES = [
    case(
        *("hinge forgets its margin", hinge, no_margin, two_classes),
        **dict(cause="mask", gradients=("dz",), where="margins above 1", detail="no mask"),
    ),
    case(
        *("hinge compares the wrong way round", hinge, inside_the_margin, two_classes),
        **dict(cause="mask", gradients=("dz",), detail="wrong side"),
    ),
    case(*("hinge climbs", hinge, climbing, two_classes), **dict(cause="sign", gradients=("dz",))),
    case(
        *("multiclass hinge pulls the true class once", multiclass, true_class_once, three_violations),
        **dict(cause="missing factor", gradients=("dz",), where="the true class", detail="number of violations"),
        accepted=("missing term", "factor"),
    ),
    case(
        *("multiclass hinge leaves the true class out", multiclass, true_class_left_out, three_violations),
        **dict(cause="zero", gradients=("dz",), where="the true class", accepted=("missing term",)),
    ),
    case("hinge with scores exactly at the margin", hinge, by_margin, at_the_margin),
    case("multiclass hinge by one-hot rows", multiclass, by_one_hot, three_violations),
]
