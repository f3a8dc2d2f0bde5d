"""What is measured: accuracy on a network's own training digits, exact zeros, the penalty's slopes."""

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from ...evidence.records import Run
from ...images.data_set import CLASSES, Data
from ...manual.backprop import Params
from ...manual.network import Layer
from ...training import everyday_torch
from ...training.budget import steps
from ...training.setting import Setting
from ...training.stacks import Model
from ...training.train import train
from ..shared.inside_network import share_right
from .arms import LAMBDA, PLAIN, PROXIMAL
from .penalty_pull import facts as penalty_facts
from .penalty_pull import flat, histogram, zeros

EDGE, BINS = 0.15, 61  # of the histograms: an odd number has 0 in the middle


def measure(arms: dict[str, Setting], data: Data, seeds: list[int], **options: Any) -> list[Run]:
    """Trains the arms; each model is asked for its accuracy on its own training digits and for its exact zeros."""

    def observe(model: Model, network: list[Layer], params: Params, data: Data) -> dict:
        w = flat(params)
        found: dict[str, Any] = {"training accuracy": share_right(network, params, data.train), "zeros": zeros(w)}
        if model.label in (PLAIN, PROXIMAL):
            found |= {"histogram": histogram(w, EDGE, BINS), "exact zeros": int((w == 0).sum())}
        if model.label == "none" and model.setting.normalization != "batch norm":  # whose gradient is of another kind
            found["penalty"] = penalty_facts(network, params, data.train.x, data.train.y, LAMBDA)
        return found

    return train(arms, seeds, data, observe=observe, **options)


def in_torch(data: Data, setting: Setting, seed: int = 0) -> list[float]:
    """The same training as one writes it every day in torch: the loss of each step, without the penalty.

    Not what torch has no ready form of: proximal steps, early stopping, and dropout with our masks.
    """
    widths = [data.train.x.shape[1], *setting.hidden, CLASSES]
    layers = [part for I, O in pairwise(widths) for part in (nn.Linear(I, O), nn.ReLU())]
    model = everyday_torch.begin(nn.Sequential(*layers[:-1]), setting, data, seed)
    weights = [p for p in model.parameters() if p.ndim > 1]

    def penalty() -> Tensor:
        l1, squares = (
            sum((norm(p).sum() for p in weights), start=torch.zeros(())) for norm in (torch.abs, torch.square)
        )
        return setting.l1 * l1 + setting.l2 / 2 * squares

    optimizer = torch.optim.SGD(model.parameters(), lr=setting.lr, weight_decay=setting.weight_decay)
    schedule = everyday_torch.scheduler(optimizer, setting, steps(setting, data))
    loss_of = nn.CrossEntropyLoss(label_smoothing=setting.label_smoothing)
    return everyday_torch.fit(
        model, loss_of, optimizer, everyday_torch.examples(data, setting, seed), schedule, penalty
    )
