"""What is measured: the ladder of learners, rules and neighbours, and the loops of zeros and sixes."""

from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import torch
from torch import nn

from ...evidence.records import Run
from ...images.classic.cutoff import SIX, ZERO, zeros_and_sixes
from ...images.data_set import CLASSES, SIDE, Data, Split
from ...images.pixel_forms import no_images
from ...manual.backprop import Params, forward
from ...manual.network import Layer
from ...training import everyday_torch
from ...training.batches import chosen
from ...training.budget import steps
from ...training.setting import Setting
from ...training.stacks import Model
from ...training.train import train
from .arms import GAPS, NEIGHBOURS, RULES, SWEPT, label
from .first_layer_pictures import first_layer
from .without_training import cut_off, nearest, rules, sweep

FULL, LEAST = 50_000, 100  # with fewer images as many times fewer steps, but so many at least
CUT_ON = 10_000  # training digits of a seed, whose zeros and sixes choose its cut-off
SHOWN = 5  # zeros, and sixes, on the wrong side
UNITS = 9  # hidden units whose weights are shown


def measure(arms: dict[str, Setting], data: Data, seeds: list[int], **options: Any) -> list[Run]:
    """Trains the arms that the data can fill, the CNNs for half of the seeds; then what is not trained.

    With fewer images than MNIST's, for a look, the CNN climbs every second rung: it takes most of the time.
    """
    arms = possible(arms, len(data.train))
    largest = max(arm.examples for arm in arms.values())
    observe = partial(look_inside, largest=largest, first=seeds[0])
    names = [name for name, arm in arms.items() if arm.filters]
    images = {name: arms[name] for name in (names if len(data.train) >= FULL else names[::2])}
    vectors = {name: arm for name, arm in arms.items() if not arm.filters}
    runs = train(vectors, seeds, data, observe=observe, **options)
    runs += train(images, seeds[: max(1, len(seeds) // 2)], data, observe=observe, **options)
    sizes = sorted({arm.examples for arm in arms.values()})
    return runs + untrained(data, seeds, sizes) + by_loops(data, seeds)


def possible(arms: dict[str, Setting], N: int) -> dict[str, Setting]:
    """The arms that N training images are enough for, with as many times fewer steps as there are fewer images."""
    share = min(1.0, N / FULL)
    return {
        name: replace(arm, steps=max(min(LEAST, arm.steps), round(share * arm.steps)))
        for name, arm in arms.items()
        if arm.examples <= N
    }


def look_inside(
    model: Model, network: list[Layer], params: Params, data: Data, largest: int, first: int
) -> dict[str, object]:
    """Of networks with most digits: how often zero and six pass for each other; the first one's first layer."""
    setting = model.setting
    if setting.examples < largest or not (setting.hidden or setting.filters) or setting.inputs in no_images:
        return {}
    rows = ((data.test.y == ZERO) | (data.test.y == SIX)).nonzero()[:, 0]
    z, _ = forward(network[:-1], params, data.test.x[rows])
    mixed = z.argmax(-1) == ZERO + SIX - data.test.y[rows]
    shown = {"pictures": first_layer(params, UNITS)} if model.seed == first else {}
    return {"mixed up": 100 * float(mixed.double().mean()), **shown}


def untrained(data: Data, seeds: list[int], sizes: list[int]) -> list[Run]:
    """What the rules get right, the same for every seed; and what the nearest of each seed's own digits do."""
    right, found = rules(data), nearest(data, seeds, sizes)
    return [Run(RULES, seed, final={"test accuracy": right}) for seed in seeds] + [
        Run(label(NEIGHBOURS, n), seed, final={"test accuracy": share}) for (seed, n), share in found.items()
    ]


def by_loops(data: Data, seeds: list[int]) -> list[Run]:
    """For each way to close gaps, each seed's best cut-off between zeros and sixes, and what it gets wrong."""
    runs = []
    for name, gap in GAPS.items():
        training, test = (zeros_and_sixes(split, gap) for split in (data.train, data.test))
        for seed in seeds:
            mine = training.among(chosen(seed, CUT_ON, len(data.train)))
            found = cut_off(mine, test)
            shown = seed == seeds[0] and name == SWEPT
            runs.append(Run(name, seed, extra=found | (sweep(found["cut-off"], mine, test, SHOWN) if shown else {})))
    return runs


def in_torch(data: Data, setting: Setting, seed: int = 0) -> list[float]:
    """The same training as one writes it every day in torch: the loss of each step."""
    kernels = [
        part
        for C, O in pairwise((1, *setting.filters))
        for part in (nn.Conv2d(C, O, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
    ]
    as_images = [nn.Unflatten(-1, (1, SIDE, SIDE)), *kernels, nn.Flatten()] if kernels else []
    flat = [part for H in setting.hidden for part in (nn.LazyLinear(H), nn.ReLU())]
    model = nn.Sequential(*as_images, *flat, nn.LazyLinear(CLASSES)).to(data.train.x.dtype)
    shown = list(everyday_torch.examples(data, setting, seed))
    model(shown[0][0])  # now the lazy layers know their inputs
    everyday_torch.begin(model, setting, replace(data, train=Split(*shown[0])), seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=setting.lr)
    schedule = everyday_torch.scheduler(optimizer, setting, steps(setting, data))
    return everyday_torch.fit(model, nn.functional.cross_entropy, optimizer, iter(shown), schedule)
