"""What a loss still says to a network that is certain and wrong: its slope by the output's own scores.

Shapes: scores z (N, K), targets (N,) class numbers or (N, K) rows; losses (N,), slopes (N, K).
"""

import torch
from torch import Tensor

from ...manual.backprop import backward, forward
from ...manual.network import Layer
from ...manual.targets import onehot
from ...rules.loss import rules as losses
from ...training.build import CLASS_NUMBERS, output_layers
from ...training.setting import Setting


def loss_and_slope(setting: Setting, z: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Each row's loss under this setting's loss and output, and its gradient by the scores, by our own rules."""
    network = [*output_layers(setting), Layer(losses[setting.loss], constants={"reduction": "none"})]
    target = y if setting.loss in CLASS_NUMBERS else onehot(y, z)
    own, tape = forward(network, [*[() for _ in network[:-1]], (target,)], z)
    if own.ndim == 1:
        return own, backward(network, tape, torch.ones_like(own))[0]
    share = torch.full_like(own, 1 / own.shape[-1])  # every output has its own loss: their mean
    return own.mean(-1), backward(network, tape, share)[0]


def steepest_when_certain(setting: Setting, score: float, K: int) -> float:
    """The steepest slope for an example of class 0 where class 1 has this score and every other the opposite."""
    z = torch.full((1, K), -score, dtype=torch.float64)
    z[0, 1] = score
    _, dz = loss_and_slope(setting, z, torch.tensor([0]))
    return float(dz.abs().max())
