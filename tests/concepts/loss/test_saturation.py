import pytest
import torch

from dlconcepts.concepts.loss.saturation import loss_and_slope
from dlconcepts.training.build import FITTING
from dlconcepts.training.setting import Setting

Z = torch.tensor([[0.3, -1.2, 2.0], [-0.5, 0.1, 0.7]], dtype=torch.float64)
Y = torch.tensor([0, 2])
ROWS = torch.nn.functional.one_hot(Y, 3).double()
F = torch.nn.functional


@pytest.mark.parametrize(
    ("setting", "theirs"),
    [
        (Setting(), lambda z: F.cross_entropy(z, Y, reduction="none")),
        (
            Setting(loss="binary cross-entropy on logits"),
            lambda z: F.binary_cross_entropy_with_logits(z, ROWS, reduction="none").mean(-1),
        ),
        (Setting(loss="mean squared error"), lambda z: F.mse_loss(z, ROWS, reduction="none").mean(-1)),
        (
            Setting(loss="mean squared error", output="sigmoid"),
            lambda z: F.mse_loss(z.sigmoid(), ROWS, reduction="none").mean(-1),
        ),
        (
            Setting(loss="mean absolute error", output="softmax"),
            lambda z: F.l1_loss(z.softmax(-1), ROWS, reduction="none").mean(-1),
        ),
    ],
)
def test_losses_and_slopes_are_torchs(setting, theirs):
    loss, slope = loss_and_slope(setting, Z, Y)
    z = Z.clone().requires_grad_()
    expected = theirs(z)
    (dz,) = torch.autograd.grad(expected.sum(), z)
    assert (loss - expected).abs().max() < 1e-14
    assert (slope - dz).abs().max() < 1e-14


def test_the_sigmoid_of_binary_cross_entropy_is_not_forgotten():
    assert "binary cross-entropy" in FITTING
    inside, _ = loss_and_slope(Setting(loss="binary cross-entropy on logits"), Z, Y)
    before, _ = loss_and_slope(Setting(loss="binary cross-entropy"), Z, Y)
    assert (inside - before).abs().max() < 1e-14
