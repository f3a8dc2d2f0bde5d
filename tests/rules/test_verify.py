"""The checker itself: does it see every gradient, and what is wrong with one?"""

import functools

import pytest
import torch

from dlconcepts.rules import rules
from dlconcepts.rules.verify import gradient_names, verify


def test_gradients_are_named_after_the_forwards_arguments():
    assert gradient_names(rules["linear"]) == ["dx", "dW", "db"]


def test_a_decorated_forward_is_verified_like_a_plain_one():
    rule = rules["linear"]

    @functools.wraps(rule.forward)
    def decorated(*args, **kwargs):
        return rule.forward(*args, **kwargs)

    rows = verify("linear", rule._replace(forward=decorated))
    assert [row.gradient for row in rows] == ["y", "dx", "dW", "db"]
    assert all(row.passed for row in rows)


def test_a_wrong_last_gradient_is_seen():
    rule = rules["linear"]

    def wrong(dz, x, W):
        dx, dW, db = rule.backward(dz, x, W)
        return dx, dW, db * (1 + 1e-6)

    assert [row.passed for row in verify("linear", rule._replace(backward=wrong))] == [True, True, True, False]


def test_a_gradient_that_is_none_of_the_forwards_inputs_is_refused():
    rule = rules["tanh"]._replace(backward=lambda dy, y: (dy * (1 - y * y), torch.zeros(())))
    with pytest.raises(ValueError, match="argument 2 is longer"):
        verify("tanh", rule)
