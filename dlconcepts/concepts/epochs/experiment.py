"""What is measured: accuracy on a network's own training digits, and what an epoch consists of."""

from dataclasses import replace
from typing import Any

import torch
from torch import nn

from ...evidence.records import Run
from ...images.data_set import CLASSES, Data
from ...manual.backprop import Params, forward
from ...manual.network import Layer
from ...training import everyday_torch
from ...training.setting import Setting
from ...training.stacks import Model
from ...training.train import train
from .arms import BASE, COUNTED, SIZES
from .one_epoch import counted


def measure(arms: dict[str, Setting], data: Data, seeds: list[int], **options: Any) -> list[Run]:
    """Trains the arms, asks each for its accuracy on its own training digits, and counts what an epoch consists of."""

    def observe(model: Model, network: list[Layer], params: Params, data: Data) -> dict:
        z, _ = forward(network[:-1], params, data.train.x)
        return {"training accuracy": float((z.argmax(-1) == data.train.y).double().mean())}

    counts = [
        Run(f"counted, batches of {B}", seed, extra=counted(replace(BASE, batch_size=B), seed, COUNTED))
        for B in SIZES
        for seed in seeds
    ]
    return train(arms, seeds, data, observe=observe, **options) + counts


def in_torch(data: Data, setting: Setting, seed: int = 0) -> list[float]:
    """The same training as one writes it every day in torch: the loss of each step."""
    (H,) = setting.hidden
    layers = nn.Sequential(nn.Linear(data.train.x.shape[1], H), nn.ReLU(), nn.Linear(H, CLASSES))
    model = everyday_torch.begin(layers, setting, data, seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=setting.lr)
    return everyday_torch.fit(
        model, nn.functional.cross_entropy, optimizer, everyday_torch.examples(data, setting, seed)
    )
