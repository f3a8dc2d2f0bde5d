"""What is measured: parts of the cost, digits never predicted, slopes where a network is certain and wrong."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, l1_loss, mse_loss, one_hot

from ...evidence.records import Run
from ...images.data_set import CLASSES, Data
from ...manual.backprop import Params, forward
from ...manual.network import Layer
from ...training import everyday_torch
from ...training.budget import steps
from ...training.build import as_target
from ...training.setting import Setting
from ...training.stacks import Model
from ...training.train import train
from .arms import BASE, KINDS
from .loss_and_cost import parts_and_whole
from .saturation import steepest_when_certain

CERTAIN = 40.0  # the score of a wrong class, where all others have -40
PART = 5_000  # examples whose gradients are compared, in batches of 64 and a last one of 8


def measure(arms: dict[str, Setting], data: Data, seeds: list[int], **options: Any) -> list[Run]:
    """Trains the arms; cross-entropy's models are asked how far mini-batches' gradients are from the cost's."""

    def observe(model: Model, network: list[Layer], params: Params, data: Data) -> dict:
        z, _ = forward(network[:-1], params, data.test.x)
        found: dict[str, Any] = {"digits never predicted": CLASSES - len(z.argmax(-1).unique())}
        if model.label == "cross-entropy":
            x, y = data.train.x[:PART], data.train.y[:PART]
            found["gradients"] = parts_and_whole(network, params, x, as_target(y, x, model.setting), BASE.batch_size)
        return found

    return [*train(arms, seeds, data, observe=observe, **options), Run("certain and wrong", 0, extra=certain_slopes())]


def certain_slopes() -> dict[str, float]:
    """The steepest slope of each loss by the scores of a network that is certain of the wrong class."""
    kinds = KINDS | {"squared error of sigmoid": replace(KINDS["squared error"], output="sigmoid")}
    return {name: steepest_when_certain(setting, CERTAIN, CLASSES) for name, setting in kinds.items()}


def in_torch(data: Data, setting: Setting, seed: int = 0) -> list[float]:
    """The same training as one writes it every day in torch: the loss of each step."""
    I, (H,) = data.train.x.shape[1], setting.hidden
    layers = [nn.Linear(I, H), nn.ReLU(), nn.Linear(H, CLASSES)]
    outputs: dict[str, list[nn.Module]] = {"fitting": [], "sigmoid": [nn.Sigmoid()], "softmax": [nn.Softmax(dim=-1)]}
    model = everyday_torch.begin(nn.Sequential(*layers, *outputs[setting.output]), setting, data, seed)
    kinds: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
        "binary cross-entropy on logits": binary_cross_entropy_with_logits,
        "mean squared error": mse_loss,
        "mean absolute error": l1_loss,
    }
    compare = kinds.get(setting.loss)

    def loss(z: Tensor, y: Tensor) -> Tensor:
        return cross_entropy(z, y) if compare is None else compare(z, one_hot(y, CLASSES).to(z))

    optimizer = torch.optim.SGD(model.parameters(), lr=setting.lr)
    schedule = everyday_torch.scheduler(optimizer, setting, steps(setting, data))
    return everyday_torch.fit(model, loss, optimizer, everyday_torch.examples(data, setting, seed), schedule)
