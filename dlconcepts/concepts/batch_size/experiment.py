"""What is measured: what a batch holds, its gradient's noise, its memory and its speed."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import torch
from torch import nn

from ...evidence.records import Run
from ...images.data_set import CLASSES, Data, Split
from ...manual.backprop import Params
from ...manual.network import Layer
from ...training import everyday_torch
from ...training.budget import steps
from ...training.build import as_target
from ...training.seeding import generator, start
from ...training.setting import Setting
from ...training.stacks import Model
from ...training.train import train
from .arms import AMONG, EVERY, NETWORKS, ONCE, SIZES, SPEEDS, WATCHED
from .counted_examples import counted, deviation_from_mean
from .gradient_noise import noise_by_size, pictures
from .tape_memory import batch_of, peaks, saved_bytes
from .throughput import rounds

COUNTED = 5000  # examples, no multiple of every size: the last batch may be smaller
ROUNDS = 10


def measure(arms: dict[str, Setting], data: Data, seeds: list[int], **options: Any) -> list[Run]:
    """Trains the arms, one of them watched; then counts, adds up and times what needs no training."""
    runs = train(arms, seeds, data, observe=observe, **options)
    split, setting = data.to(options.get("device", "cpu")).train, bare(arms[WATCHED])
    part, few = (Split(split.x[:n], split.y[:n]) for n in (COUNTED, 64))
    definition = [
        {
            "examples": len(part),
            "counted": counted(setting, seed, part, SIZES),
            "deviation": deviation_from_mean(setting, seed, few),
        }
        for seed in seeds
    ]
    saved = {
        name: {str(B): saved_bytes(*batch_of(net, B, split.x)) for B in (1, *SPEEDS)} for name, net in NETWORKS.items()
    }
    speeds = rounds(SPEEDS, setting, split, ROUNDS)
    return [
        *runs,
        *(Run("definition", seed, extra=extra) for seed, extra in zip(seeds, definition, strict=True)),
        Run("memory", 0, extra=saved, timing={"peak": peaks(SPEEDS, setting, split.x.shape[1])}),
        *(Run("throughput", turn, timing={"examples per second": row}) for turn, row in enumerate(speeds)),
    ]


def bare(setting: Setting) -> Setting:
    """The setting without what makes an example's gradient depend on chance or on its neighbours."""
    return replace(setting, normalization="none", dropout=0.0, label_smoothing=0.0)


def observe(model: Model, network: list[Layer], params: Params, data: Data) -> dict:
    """The noise of the gradient before and after training; an example may be drawn twice, or may not."""
    if model.label != WATCHED or model.setting.normalization == "batch norm":
        return {}
    random, x, y = generator(model.seed, "noise", 0), data.train.x, data.train.y
    rows = torch.randperm(len(x), generator=random)[:AMONG]
    some, first = (
        Split(x[rows], as_target(y[rows], x, model.setting)),
        start(network, model.seed, x, model.setting.initial),
    )
    found = {
        name: noise_by_size(network, p, some, EVERY, name != ONCE, random)
        for name, p in [("first weights", first), ("trained", params), (ONCE, params)]
    }
    choices = {str(B): rows[:B] for B in (1, 8, 128, len(rows))}
    shown = model.seed == 0 and not model.setting.filters
    everyone = Split(x, as_target(y, x, model.setting))
    return {"noise": found, "pictures": pictures(network, first, everyone, choices) if shown else {}}


def in_torch(data: Data, setting: Setting, seed: int = 0) -> list[float]:
    """The same training as one writes it every day in torch: the loss of each step."""
    widths = [data.train.x.shape[1], *setting.hidden, CLASSES]
    layers = [part for I, O in pairwise(widths) for part in (nn.Linear(I, O), nn.ReLU())]
    model = everyday_torch.begin(nn.Sequential(*layers[:-1]), setting, data, seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=setting.lr)
    schedule = everyday_torch.scheduler(optimizer, setting, steps(setting, data))
    return everyday_torch.fit(
        model, nn.functional.cross_entropy, optimizer, everyday_torch.examples(data, setting, seed), schedule
    )
