"""What is measured: units at zero input, sizes and effects of connections, and single steps."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import torch
from torch import nn

from ...evidence.records import Run
from ...images.data_set import CLASSES, Data, Split
from ...images.pixel_forms import no_images
from ...manual.backprop import Params
from ...manual.network import Layer
from ...training import everyday_torch
from ...training.budget import steps
from ...training.seeding import generator
from ...training.setting import Setting
from ...training.stacks import Model
from ...training.train import train
from ..shared.inside_network import at_first
from . import single_units
from .arms import ALL_AT_ONCE, WATCHED
from .removed_connections import looked_into, shown

STEPS, DIGITS = 100, 1000  # single steps, and the training set whose loss is looked at after each


def measure(arms: dict[str, Setting], data: Data, seeds: list[int], **options: Any) -> list[Run]:
    """Trains the arms and looks into them; then takes single steps."""
    runs = train(arms, seeds, data, observe=observe, **options)
    train_split = data.to(options.get("device", "cpu")).train
    few = Split(train_split.x[:DIGITS], train_split.y[:DIGITS])
    plain = replace(arms[WATCHED], normalization="none", dropout=0.0, label_smoothing=0.0, examples=0, shift=0)
    sizes = {"batches": min(plain.batch_size, len(few)), ALL_AT_ONCE: len(few)}
    return [
        *runs,
        *(
            Run(
                f"single steps, {name}",
                seed,
                extra=single_units.single_steps(replace(plain, batch_size=B), seed, few, STEPS),
            )
            for name, B in sizes.items()
            for seed in seeds
        ),
    ]


def observe(model: Model, network: list[Layer], params: Params, data: Data) -> dict:
    """How many units are active at zero input, how large weights are; all the rest of the network that is watched."""
    setting = model.setting
    if setting.normalization != "none":
        return {}
    found: dict[str, Any] = {"below one": single_units.below_one(network, params)}
    if setting.hidden:
        found["active at zero"] = single_units.active_at_zero(network, params, data.test.x)
    if model.label == WATCHED and setting.bias and setting.hidden and setting.inputs not in no_images:
        _, first = at_first(setting, model.seed, data.train.x)
        found |= looked_into(network, params, first, data, generator(model.seed, "connections", 0))
        tried = found.pop("tried")
        found |= {"tried": tried, **shown(network, params, first)} if model.seed == 0 else {}
    return found


def in_torch(data: Data, setting: Setting, seed: int = 0) -> list[float]:
    """The same training as one writes it every day in torch: the loss of each step."""
    widths = [data.train.x.shape[1], *setting.hidden, CLASSES]
    function = everyday_torch.activations[setting.activation]
    layers = [part for I, O in pairwise(widths) for part in (nn.Linear(I, O, bias=setting.bias), function())]
    model = everyday_torch.begin(nn.Sequential(*layers[:-1]), setting, data, seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=setting.lr)
    schedule = everyday_torch.scheduler(optimizer, setting, steps(setting, data))
    return everyday_torch.fit(
        model, nn.functional.cross_entropy, optimizer, everyday_torch.examples(data, setting, seed), schedule
    )
