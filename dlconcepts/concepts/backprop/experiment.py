"""What is measured: one digit's slopes, where descent ends, a thousand steps side by side."""

from itertools import pairwise
from typing import Any

import torch
from torch import nn

from ...evidence.records import Run
from ...images.data_set import CLASSES, Data, Split
from ...manual.backprop import Params
from ...manual.network import Layer, stack, unstack
from ...training import everyday_torch
from ...training.budget import steps
from ...training.build import build
from ...training.gradients import sources
from ...training.seeding import start
from ...training.setting import Setting
from ...training.stacks import Model
from ...training.train import train
from ..shared.every_number import rows
from ..shared.plain_descent import by_hand
from ..shared.small_network import WIDTHS, four_numbers, layers, shown_pass, train_small
from .arms import CONVEX, SMALL, SOURCES, STEPS, THOUSAND, WATCHED
from .slopes import autograd_slopes, slopes_of_one
from .where_training_ends import arrivals, facts

ON_ALL, ALL_DIGITS, RATES = 1000, 300, {SMALL: 0.1, CONVEX: 1.0}  # steps on all digits, and how many these are
TRAINED_ON = 16_000  # digits of the thousand steps


def measure(arms: dict[str, Setting], data: Data, seeds: list[int], **options: Any) -> list[Run]:
    """Trains the arms, two of them by a source of their own, and looks at the small network and the thousand steps."""
    runs, parts = [], four_numbers(data)
    for label, source in SOURCES.items():
        runs += train({label: arms[label]}, seeds, data, **(options | {"gradients": source}))
    others = {label: setting for label, setting in arms.items() if label not in SOURCES}
    runs += train(others, seeds, data, observe=observe, **options)
    return [*runs, *small_networks(data, parts, seeds), *at_the_end(parts, seeds), *side_by_side(data, seeds)]


def observe(model: Model, network: list[Layer], params: Params, data: Data) -> dict:
    """Where training has ended: the loss on all training digits and the length of its gradient; and is it right?"""
    setting = model.setting
    plain = setting.loss == "cross-entropy" and setting.normalization == "none" and not setting.filters
    if model.label != WATCHED or not plain or not setting.hidden:
        return {}
    return facts(network, params, data.train, model.seed)


def small_networks(data: Data, parts: dict[str, Split], seeds: list[int]) -> list[Run]:
    """The trained small networks; what the chain rule, the paths and the differences say about one digit's loss."""
    network, split = layers(), parts["train"]
    params, _ = train_small(network, seeds, split)
    found = []
    for m, seed in enumerate(seeds):
        own = unstack(params, m)
        extra = slopes_of_one(network, own, split)
        if m == 0:
            extra["drawn"] = shown_pass(data, network, own) | {
                "by autograd": rows(autograd_slopes(network, own, split))
            }
        found.append(Run(SMALL, seed, extra=extra))
    return found


def at_the_end(parts: dict[str, Split], seeds: list[int]) -> list[Run]:
    """Gradient descent on all of a few digits: where do the small network and softmax regression arrive?"""
    few = Split(parts["train"].x[:ALL_DIGITS], parts["train"].y[:ALL_DIGITS])
    return [
        Run(f"{name}, all digits", seed, extra=extra)
        for name, widths in [(SMALL, WIDTHS), (CONVEX, (WIDTHS[0], WIDTHS[-1]))]
        for seed, extra in zip(seeds, arrivals(widths, few, seeds, RATES[name], ON_ALL), strict=True)
    ]


def side_by_side(data: Data, seeds: list[int]) -> list[Run]:
    """A thousand steps on MNIST in float64: by hand, and by autograd as one writes it in torch."""
    part = data.first(TRAINED_ON, 1).to(torch.float64)
    network = build([THOUSAND], part.train.x)
    first = stack([start(network, seed, part.train.x) for seed in seeds])
    _, losses = by_hand(network, first, part.train, seeds, THOUSAND, sources["manual"])
    runs = []
    for m, seed in enumerate(seeds):
        ours, theirs = losses[:, m], torch.tensor(in_torch(part, THOUSAND, seed), dtype=torch.float64)
        apart = (ours - theirs).abs()
        curves = {"by hand": ours.tolist(), "autograd": theirs.tolist(), "apart": apart.tolist()} if m == 0 else {}
        runs.append(Run(STEPS, seed, curves=curves, extra={"apart": float(apart.max())}))
    return runs


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
