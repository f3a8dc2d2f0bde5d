"""What is measured: training on MNIST, and the ways down the surfaces."""

from typing import Any

import torch
from torch import nn

from ...evidence.records import Run
from ...images.data_set import CLASSES, Data
from ...training import everyday_torch
from ...training.budget import steps
from ...training.setting import Setting
from ...training.train import train
from .arms import SHOWN
from .descents import descents


def measure(arms: dict[str, Setting], data: Data, seeds: list[int], **options: Any) -> list[Run]:
    """Trains the arms; then sends every optimizer down the surfaces, from another start for each seed."""
    runs = train(arms, seeds, data, observe=lambda model, *_: {"rate": model.setting.lr}, **options)
    return runs + [
        Run(f"{SHOWN[name]}, {surface}", seed, extra=extra)
        for name in SHOWN
        for surface, of_seeds in descents(name, seeds).items()
        for seed, extra in of_seeds.items()
    ]


def in_torch(data: Data, setting: Setting, seed: int = 0) -> list[float]:
    """The same training as one writes it every day in torch: the loss of each step."""
    I, (H,) = data.train.x.shape[1], setting.hidden
    model = everyday_torch.begin(nn.Sequential(nn.Linear(I, H), nn.ReLU(), nn.Linear(H, CLASSES)), setting, data, seed)
    constants: dict[str, Any] = {"params": model.parameters(), "lr": setting.lr, "weight_decay": setting.weight_decay}
    optimizer = {
        "sgd": lambda: torch.optim.SGD(**constants),
        "momentum": lambda: torch.optim.SGD(**constants, momentum=setting.momentum),
        "nesterov": lambda: torch.optim.SGD(**constants, momentum=setting.momentum, nesterov=True),
        "adagrad": lambda: torch.optim.Adagrad(**constants),
        "rmsprop": lambda: torch.optim.RMSprop(**constants),
        "adam": lambda: torch.optim.Adam(**constants),
        "adamw": lambda: torch.optim.AdamW(**constants),
    }[setting.optimizer]()
    schedule = everyday_torch.scheduler(optimizer, setting, steps(setting, data))
    return everyday_torch.fit(
        model, nn.functional.cross_entropy, optimizer, everyday_torch.examples(data, setting, seed), schedule
    )
