"""Every row of the table of diagnoses explains a case of its own, and without it the case would be called otherwise."""

import math

import pytest
import torch
from torch.nn import functional

from dlconcepts.doctor import check
from dlconcepts.doctor.gradients import hypotheses, trouble

torch.manual_seed(0)
x, square, v = (torch.randn(*shape, dtype=torch.float64) for shape in [(4, 3), (4, 4), (3,)])
W, images = torch.randn(3, 3, dtype=torch.float64), torch.randn(2, 2, 5, 5, dtype=torch.float64)
words = torch.tensor([0, 2, 2, 1, 2])
remembered = []


def scale(x, v):
    return x * v


def product(x, W):
    return x @ W


def twice(x):
    return x * 2.0


def shrink(x):
    return functional.hardshrink(x, 0.5)


def gated(x):
    return x * torch.sigmoid(x).detach()


def remembering(x):
    remembered.append(torch.tanh(x))
    return remembered[-1]


def rows(x):
    return torch.linalg.vector_norm(x, dim=-1)


def soft_maximum(x):
    return torch.logsumexp(x, -1)


def lookup(E, index):
    return E[index]


def squash(x):
    return x / (1 + x.abs())


def spread(x):
    return (x - x.mean(-1, keepdim=True)) * x.mean(-1, keepdim=True)


def rooted(x, eps=0.1):
    return torch.sqrt(x * x + eps)


def line(x):
    return torch.where(x > 0, 2 * x, 0.5 * x)


def bent(x):
    return torch.where(x > 0, x, x * 0.5 + torch.sin(x))


def softmax_wrongly(dy, z):
    p = torch.softmax(z, -1)
    return p * (dy - (dy * p).sum(-2, keepdim=True))


def first_part_negative(dy, x):
    return torch.where(x > 0, dy, 0.25 * (0.5 + torch.cos(x)) * dy)


def without_constant(dy, x):
    return torch.where(x > 0, dy, torch.cos(x) * dy)


def assigned(dy, E, index):
    dE = torch.zeros_like(E)
    dE[index] = dy
    return dE


def averaged(dy, E, index):
    count = torch.bincount(index, minlength=len(E)).clamp(min=1)
    return torch.zeros_like(E).index_add(0, index, dy) / count[:, None]


def diagonal_of_spread(dy, x):
    """The derivative of each output by its own input alone."""
    return dy * ((1 - 1 / 3) * x.mean(-1, keepdim=True) + (x - x.mean(-1, keepdim=True)) / 3)


def of_ones(dy, x, W):
    return torch.ones_like(dy) @ W.mT, x.mT @ torch.ones_like(dy)


# row -> (cause, part of the detail, forward, backward, inputs)
CASES = {
    "uses.not_summed": ("not summed after broadcasting", "(4, 3)", scale, lambda dy, x, v: (dy * v, dy * x), (x, v)),
    "whole.transposed": ("transposed", "", product, lambda dy, x, W: (dy @ W.mT, (x.mT @ dy).mT), (x, W)),
    "uses.wrong_axis": ("wrong axis", "", scale, lambda dy, x, v: (dy * v, (dy * x).sum(1)), (square, square[0])),
    "kinds.not_finite": ("non-finite", "", torch.sigmoid, lambda dy, x: dy * x.exp() / (1 + x.exp()) ** 2, (1e3 * x,)),
    "whole.zero": ("zero", "", torch.tanh, lambda dy, x: torch.zeros_like(x), (x,)),
    "factors.factor": ("factor", "B", lambda x: x.square().mean(0), lambda dy, x: 2 * dy * x, (x,)),
    "kinds.second_opinion": ("detached", "", gated, lambda dy, x: dy * torch.sigmoid(x), (x,)),
    "kinds.float32": ("precision", "seven", twice, lambda dy, x: dy * 2 * (1 + 3e-8), (x,)),
    "whole.without_dy": ("missing factor", "dy", product, of_ones, (x, W)),
    "whole.without_slope": ("missing factor", "slope", soft_maximum, lambda dy, x: dy[:, None].expand_as(x), (x,)),
    "whole.stale": ("stale", "earlier", remembering, lambda dy, x: dy * (1 - remembered[0] ** 2), (x,)),
    "whole.diagonal_only": ("diagonal only", "", spread, diagonal_of_spread, (x,)),
    "local.along_the_wrong_axis": ("wrong axis", "a row", rows, lambda dy, x: dy[:, None] * x / rows(x), (square,)),
    "parts.mask": ("mask", "", torch.relu, lambda dy, x: dy * (dy > 0), (x,)),
    "parts.zero_in_a_part": ("zero", "", line, lambda dy, x: dy * 2 * (x > 0), (x,)),
    "parts.other_branch": ("mask", "exchanged", line, lambda dy, x: torch.where(x > 0, 0.5 * dy, 2 * dy), (x,)),
    "parts.factor_in_a_part": ("factor", "4", bent, first_part_negative, (x,)),
    "parts.shifted_in_a_part": ("missing term", "0.5 dy", bent, without_constant, (x,)),
    "factors.counts": ("factor", "count", lookup, averaged, (x, words)),
    "local.mirrored": ("sign", "-x", functional.softplus, lambda dy, x: dy * torch.sigmoid(-x), (x,)),
    "local.missing_factor": ("missing factor", "1 - y", torch.sigmoid, lambda dy, x: dy * torch.sigmoid(x), (x,)),
    "uses.overwritten": ("missing term", "last", lookup, assigned, (x, words)),
    "textbook.one_change": ("wrong axis", "sum", lambda z: torch.softmax(z, -1), softmax_wrongly, (x,)),
    "graph.one_change": ("missing term", "mean", spread, lambda dy, x: dy * x.mean(-1, keepdim=True), (x,)),
    "forward.one_change": ("missing term", "eps", rooted, lambda dy, x: dy * x / torch.sqrt(x * x), (x,)),
    "kinds.of_another_rule": ("other", "softplus", torch.erf, lambda dy, x: dy * torch.sigmoid(x), (x,)),
    "kinds.rounded_constant": ("precision", "four", squash, lambda dy, x: dy * 1.00001 / (1 + x.abs()) ** 2, (x,)),
    "kinds.lets_through": ("mask", "lets through", shrink, lambda dy, x: dy * torch.cosh(x), (x,)),
}


def name_of(row):
    return f"{row.explain.__module__.rpartition('.')[2]}.{row.explain.__name__}"


ROWS = [*hypotheses.HYPOTHESES, *hypotheses.LAST]


def diagnosis(name):
    remembered.clear()
    _, _, forward, backward, inputs = CASES[name]
    return check(forward, backward, *inputs)


def test_every_row_has_a_case():
    assert set(CASES) == {name_of(row) for row in ROWS}


@pytest.mark.parametrize("name", CASES)
def test_a_row_names_the_cause(name):
    cause, detail, *_ = CASES[name]
    found = diagnosis(name)
    assert found.cause == cause, str(found)
    assert detail in found.detail
    assert cause in str(found).splitlines()[0]


@pytest.mark.parametrize("name", CASES)
def test_without_the_row_its_case_is_called_otherwise(name, monkeypatch):
    with_it = diagnosis(name)
    for table in ("HYPOTHESES", "LAST"):
        kept = [row for row in getattr(hypotheses, table) if name_of(row) != name]
        monkeypatch.setattr(hypotheses, table, kept)
    without = diagnosis(name)
    assert (without.cause, without.detail) != (with_it.cause, with_it.detail)


def test_a_prediction_counts_only_if_it_leaves_almost_nothing_unexplained():
    cube = check(lambda x: x**3, lambda dy, x: dy * 3.1 * x**2, x)
    assert cube.cause == "factor"
    assert float(cube.detail) == pytest.approx(3.1 / 3, rel=1e-5)
    bent_factor = check(lambda x: x**3, lambda dy, x: dy * (3.1 * x**2 + 1e-3 * torch.sin(9 * x)), x)
    assert bent_factor.cause == "other"
    assert math.inf > trouble.SHARE
