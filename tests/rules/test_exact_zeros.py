"""autograd through our own forwards: the slopes of our backwards, at kinks and exact zeros too, in every torch."""

import pytest
import torch

from dlconcepts.rules import rules
from dlconcepts.rules.rule import Sample, normal
from dlconcepts.rules.verify import by_autograd, by_hand, error

NOT_OF_ITS_LIMIT = {"binary cross-entropy"}  # where p is 0 or 1, by contract: its gradient is not the limit's, 0
every_rule = pytest.mark.parametrize("name", rules)


def assert_own_slopes(name, sample):
    rule = rules[name]._replace(reference=lambda *x, **constants: rules[name].forward(*x, **constants)[0])
    y, _ = rule.forward(*sample.inputs, **sample.constants)
    dy = normal(tuple(y.shape), torch.Generator().manual_seed(2))
    ours = by_hand(rule, sample, dy)
    for i, (a, b) in enumerate(zip(ours, by_autograd(rule, sample, dy, len(ours)), strict=True)):
        assert error(b, a) <= 1e-12, f"{name}: input {i}, autograd {b.flatten()[:3]}, by hand {a.flatten()[:3]}"


@every_rule
def test_autograd_through_the_forward_finds_the_backwards_slopes(name):
    for sample in rules[name].samples((2,), torch.Generator().manual_seed(1)):
        assert_own_slopes(name, sample)


@every_rule
def test_it_does_so_where_everything_is_zero(name):
    for sample in rules[name].samples((2,), torch.Generator().manual_seed(1)) if name not in NOT_OF_ITS_LIMIT else []:
        x, *others = sample.inputs
        assert_own_slopes(name, Sample((torch.zeros_like(x), *others), sample.constants))
