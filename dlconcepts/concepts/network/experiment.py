"""What is measured: answers in both modes, connections, and the numbers of the small network."""

from itertools import pairwise
from typing import Any

import torch
from torch import nn

from ...evidence.records import Run
from ...images.data_set import CLASSES, Data
from ...manual.backprop import Params, forward
from ...manual.network import Layer, unstack
from ...training import everyday_torch
from ...training.budget import steps
from ...training.setting import Setting
from ...training.stacks import Model
from ...training.train import train
from ..shared.inside_network import share_right
from ..shared.small_network import four_numbers, layers, shown_pass, train_small
from ..shared.train_and_eval_modes import answers_changed
from .arms import MODES, SMALL
from .coupling import missing, unreached, within_a_layer
from .small_network_facts import REACHED, facts


def measure(arms: dict[str, Setting], data: Data, seeds: list[int], **options: Any) -> list[Run]:
    """Trains the arms, and for each seed the small network; asks both what the statements are about."""

    def observe(model: Model, network: list[Layer], params: Params, data: Data) -> dict:
        if model.label not in MODES or model.setting.filters:
            return {}
        setting, x = model.setting, data.test.x
        found: dict[str, Any] = {
            "changed": answers_changed(network, params, setting, model.seed, x, setting.batch_size)
        }
        if model.label == "plain" and setting.normalization == "none":
            z, _ = forward(network[:1], params[:1], x)
            found |= {
                "missing": missing(params),
                "unreached": unreached(network[:-1], params, data.train.x[:REACHED]),
                "within a layer": within_a_layer(z),
            }
        return found

    return [*train(arms, seeds, data, observe=observe, **options), *small_networks(data, seeds)]


def small_networks(data: Data, seeds: list[int]) -> list[Run]:
    """The trained small networks, one per seed; the first seed's numbers are drawn."""
    parts, network = four_numbers(data), layers()
    stacked, losses = train_small(network, seeds, parts["train"])
    found = []
    for m, seed in enumerate(seeds):
        params = unstack(stacked, m)
        final: dict[str, float | None] = {"test accuracy": share_right(network, params, parts["test"])}
        extra = facts(network, params, parts) | ({"drawn": shown_pass(data, network, params)} if m == 0 else {})
        found.append(Run(SMALL, seed, curves={"loss": losses[:, m].tolist()[::50]}, final=final, extra=extra))
    return found


def in_torch(data: Data, setting: Setting, seed: int = 0) -> list[float]:
    """The same training as one writes it every day in torch: the loss of each step."""
    widths = [data.train.x.shape[1], *setting.hidden, CLASSES]
    parts = [part for I, O in pairwise(widths) for part in (nn.Linear(I, O), nn.ReLU())]
    model = everyday_torch.begin(nn.Sequential(*parts[:-1]), setting, data, seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=setting.lr)
    schedule = everyday_torch.scheduler(optimizer, setting, steps(setting, data))
    return everyday_torch.fit(
        model, nn.functional.cross_entropy, optimizer, everyday_torch.examples(data, setting, seed), schedule
    )
