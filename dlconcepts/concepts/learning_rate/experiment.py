"""What is measured: gradients and dead units after training, first steps and the two edges."""

from dataclasses import replace
from typing import Any

import torch
from torch import nn

from ...evidence.records import Run
from ...images.data_set import CLASSES, Data
from ...manual.backprop import Params
from ...manual.network import Layer
from ...training import everyday_torch
from ...training.budget import steps
from ...training.build import as_target
from ...training.setting import Setting
from ...training.stacks import Model
from ...training.train import train
from ..shared.inside_network import dead_share, gradient_lengths, hidden_values
from .arms import BASE, DECAY, FIRST, RATIOS, SMALL, STEPS
from .edge_of_stability import edge_at_minimum, first_rise, first_steps

WIDE_RATIOS, WIDE_STEPS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6), 60
LOOKED = 2000  # training digits whose gradient is measured, of the 50,000


def measure(arms: dict[str, Setting], data: Data, seeds: list[int], **options: Any) -> list[Run]:
    """Trains the arms; then, for each seed, the first step and the two edges."""

    def observe(model: Model, network: list[Layer], params: Params, data: Data) -> dict:
        x = data.train.x[:LOOKED]
        target = as_target(data.train.y[:LOOKED], x, model.setting)
        lengths = gradient_lengths(network, params, x, target)
        return {"gradient lengths": lengths, "dead units": dead_share(hidden_values(network, params, data.test.x))}

    runs = train(arms, seeds, data, observe=observe, **options)
    small = replace(SMALL, hidden=BASE.hidden)
    return [
        *runs,
        *(Run("first steps", s, extra={"moved": first_steps(small, s, data.train, FIRST)}) for s in seeds),
        *(Run("at a minimum", s, extra=edge_at_minimum(SMALL, s, data.train, DECAY, RATIOS, STEPS)) for s in seeds),
        *(Run("from the start", s, extra=first_rise(small, s, data.train, WIDE_RATIOS, WIDE_STEPS)) for s in seeds),
    ]


def in_torch(data: Data, setting: Setting, seed: int = 0) -> list[float]:
    """The same training as one writes it every day in torch: the loss of each step."""
    I, (H,) = data.train.x.shape[1], setting.hidden
    model = everyday_torch.begin(nn.Sequential(nn.Linear(I, H), nn.ReLU(), nn.Linear(H, CLASSES)), setting, data, seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=setting.lr)
    schedule = everyday_torch.scheduler(optimizer, setting, steps(setting, data))
    return everyday_torch.fit(
        model, nn.functional.cross_entropy, optimizer, everyday_torch.examples(data, setting, seed), schedule
    )
