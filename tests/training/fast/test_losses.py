"""The loss in few calls is the rule's."""

import torch

from dlconcepts.rules.loss import rules as losses
from dlconcepts.training.fast.losses import CrossEntropy


def test_cross_entropy_in_fewer_calls_is_the_rules():
    random, rule, part = torch.Generator().manual_seed(0), losses["cross-entropy"], CrossEntropy()
    lr = torch.tensor([0.5, -2, 3], dtype=torch.float64)
    for B, scale in [(6, 1), (6, 1000), (4, 1), (1, 1)]:
        z = scale * torch.randn(3, 5, B, generator=random, dtype=torch.float64)
        y = torch.randint(5, (3, B), generator=random)
        expected, saved = rule.forward(z.mT, y)
        (dz,) = rule.backward(lr, *saved)
        loss, saved = part.forward(z, y)
        assert ((loss - expected) / scale).abs().max() < 1e-14
        assert (part.backward(lr, *saved).mT + dz).abs().max() < 1e-14


def test_cross_entropy_of_scores_that_are_not_finite_is_nan_for_their_model_alone():
    z, y = torch.zeros(3, 5, 2), torch.zeros(3, 2, dtype=torch.int64)
    z[0, 1, 1], z[2, 0, 0] = torch.nan, torch.inf
    part = CrossEntropy()
    loss, saved = part.forward(z, y)
    dz = part.backward(torch.ones(3), *saved)
    assert loss.isnan().tolist() == dz.isnan().flatten(1).any(1).tolist() == [True, False, True]
