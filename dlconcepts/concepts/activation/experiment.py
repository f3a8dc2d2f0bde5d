"""What is measured: silent units, gradients by layer and, of linear networks, the one map."""

from itertools import pairwise
from typing import Any

import torch
from torch import nn

from ...evidence.records import Run
from ...images.data_set import CLASSES, Data
from ...manual.backprop import Params, forward
from ...manual.network import Layer
from ...training import everyday_torch
from ...training.budget import steps
from ...training.build import as_target
from ...training.setting import Setting
from ...training.stacks import Model
from ...training.train import train
from ..shared.inside_network import at_first, dead_share, gradient_lengths, hidden_values, silent_share
from .affine_map import collapse_error, is_linear, linear_regression

LOOKED = 1000  # training digits whose gradient is measured, of the 50,000


def measure(arms: dict[str, Setting], data: Data, seeds: list[int], **options: Any) -> list[Run]:
    """Trains the arms; each model is asked for silent units, gradients by layer and, if linear, for its one map."""
    regression = linear_regression(data).argmax(-1)

    def observe(model: Model, network: list[Layer], params: Params, data: Data) -> dict:
        x, y = data.train.x[:LOOKED], data.train.y[:LOOKED]
        target, hidden = as_target(y, x, model.setting), hidden_values(network, params, data.test.x)
        found = {
            "silent": silent_share(hidden),
            "dead": dead_share(hidden),
            "gradients before": gradient_lengths(*at_first(model.setting, model.seed, x), x, target),
            "gradients after": gradient_lengths(network, params, x, target),
        }
        if is_linear(network):
            z, _ = forward(network[:-1], params, data.test.x)
            agreement = (z.argmax(-1).cpu() == regression).float().mean()
            found |= {"collapse": collapse_error(network, params, data.test.x), "agreement": float(agreement)}
        return found

    return train(arms, seeds, data, observe=observe, **options)


def in_torch(data: Data, setting: Setting, seed: int = 0) -> list[float]:
    """The same training as one writes it every day in torch: the loss of each step."""
    activation = everyday_torch.activations[setting.activation]
    widths = [data.train.x.shape[1], *setting.hidden, CLASSES]
    layers = [part for I, O in pairwise(widths) for part in (nn.Linear(I, O), activation())]
    model = everyday_torch.begin(nn.Sequential(*layers[:-1]), setting, data, seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=setting.lr)
    schedule = everyday_torch.scheduler(optimizer, setting, steps(setting, data))
    return everyday_torch.fit(
        model, nn.functional.cross_entropy, optimizer, everyday_torch.examples(data, setting, seed), schedule
    )
