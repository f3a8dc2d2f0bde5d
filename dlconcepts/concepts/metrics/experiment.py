"""What is measured: what the answers to the test digits tell, alone, repeated and under other names."""

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from ...evidence.records import Run
from ...images.data_set import CLASSES, Data
from ...manual.backprop import Params, forward
from ...manual.metrics import accuracy, confusion
from ...manual.network import Layer
from ...manual.softmax import softmax
from ...training import everyday_torch
from ...training.budget import steps
from ...training.seeding import generator
from ...training.setting import Setting
from ...training.stacks import Model
from ...training.train import train
from . import answers
from .arms import AGAIN, ALWAYS_NO, ALWAYS_ONE, NETWORK, PAIRS

REPEATED = 500_000  # the seed of the second training less that of the first
RARE = 9  # the digit that is looked for, and made rare
NAMES = 1000  # ways to name the digits


def measure(arms: dict[str, Setting], data: Data, seeds: list[int], **options: Any) -> list[Run]:
    """Trains each network twice, measures it alone and beside its repetition; and the answers that are of no use.

    Raises ValueError for test images among which a digit is missing: it has no recall.
    """
    if missing := sorted({*range(CLASSES)} - {*data.test.y.tolist()}):
        raise ValueError(f"metrics: expected every digit among the test images, found no {missing[0]}; add some")
    runs = train(arms, seeds, data, observe=observe, **options)
    again = train({AGAIN: arms[NETWORK]}, [REPEATED + seed for seed in seeds], data, observe=observe, **options)
    first, second = (
        [torch.tensor(run.extra.pop("predicted")) if run.extra else None for run in group] for group in (runs, again)
    )
    y = data.test.y
    return [
        *runs,
        *(
            Run(PAIRS, s, extra=two_trainings(a, b, y, s))
            for s, a, b in zip(seeds, first, second, strict=True)
            if a is not None and b is not None  # none of the two has diverged
        ),
        Run(ALWAYS_ONE, 0, extra=of_no_use(torch.ones_like(y), y)),
        Run(ALWAYS_NO, 0, extra=of_no_use(torch.zeros_like(y), (y == RARE).long(), K=2)),
    ]


def observe(model: Model, network: list[Layer], params: Params, data: Data) -> dict:
    """All that one network's answers to the test digits tell."""
    x, y = data.test.x, data.test.y
    p, _ = softmax(forward(network[:-1], params, x)[0].double())
    predicted, random = p.argmax(-1), generator(model.seed, "answers", 0)
    if model.label == AGAIN:
        return {"predicted": predicted.tolist()}
    nines = answers.by_digit((predicted == RARE).long(), (y == RARE).long(), 2)
    moved = answers.moved_next_to(predicted, y, CLASSES)
    dealt = answers.dealt_anew(predicted, random)
    return {
        "predicted": predicted.tolist(),
        "accuracy": float(accuracy(predicted, y)),
        "by digit": answers.by_digit(predicted, y, CLASSES),
        "miscounted": answers.miscounted(predicted, y, CLASSES),
        "macro": answers.macro_deviation(predicted, y, CLASSES),
        "closeness": {
            "as it is": answers.closeness_of_counts(predicted, y, CLASSES),
            "dealt anew": answers.closeness_of_counts(dealt, y, CLASSES),
        },
        "dealt anew": float(accuracy(dealt, y)),
        "wrong answers nearer": float(accuracy(moved, y)),
        "curves": [answers.precision_at(p[:, k], y == k) for k in range(CLASSES)],
        "steps": [answers.steps_of_threshold(p[:, k], y == k) for k in range(CLASSES)],
        "nines": {"found": nines["recall"][1], "false alarms": 1 - nines["recall"][0]},
        "other names": answers.under_other_names(predicted, p, y, names(model.seed)),
    }


def names(seed: int) -> Tensor:
    return answers.renamings(CLASSES, NAMES, generator(seed, "names", 0))


def two_trainings(a: Tensor, b: Tensor, y: Tensor, seed: int) -> dict:
    """Do two networks give the same answers, and is the better one the better one under any names?"""
    y = y.cpu()
    return {
        "agreement": float((a == b).double().mean()),
        "by digit": answers.agreement(a, b, y, CLASSES),
        "order turned": answers.order_turned(confusion(a, y, CLASSES), confusion(b, y, CLASSES), names(seed)),
    }


def of_no_use(predicted: Tensor, y: Tensor, K: int = CLASSES) -> dict:
    """An answer that is always the same, measured as a network is; who repeats it agrees with it."""
    return {
        "accuracy": float(accuracy(predicted, y)),
        "agreement": float((predicted == predicted.clone()).double().mean()),
        "by digit": answers.by_digit(predicted, y, K),
    }


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
