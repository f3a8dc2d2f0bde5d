"""What is measured: pixels scaled by hand, histograms, answers by batch, every rate of each layer."""

from dataclasses import replace
from typing import Any

import torch
from torch import nn

from ...evidence.records import Run
from ...images.data_set import CLASSES, Data
from ...manual.backprop import Params
from ...manual.network import Layer
from ...training import everyday_torch
from ...training.budget import steps
from ...training.setting import Setting
from ...training.stacks import Model
from ...training.train import train
from ..shared.train_and_eval_modes import in_company
from .arms import BATCH, BY_HAND, LAYERS, OWN, RATES
from .histograms import before_and_after, shares
from .scaled_pixels import range_of_pixels

LOOKED_AT = 1000  # examples for the histograms and the modes
BINS, EDGE = 40, 4.0  # of the histograms; where those of weighted sums end


def measure(arms: dict[str, Setting], data: Data, seeds: list[int], **options: Any) -> list[Run]:
    """Trains the arms, then those with and without a normalization layer at every rate; scales the pixels by hand."""

    def observe(model: Model, network: list[Layer], params: Params, data: Data) -> dict:
        found = in_company(network, params, data.test.x[:LOOKED_AT], BATCH) if model.label in LAYERS else {}
        return found | (histograms(model, network, params, data) if model.seed == seeds[0] else {})

    runs = train(arms, seeds, data, observe=observe, **options)
    return runs + ranges(arms, data, seeds, options) + [Run(BY_HAND, 0, extra=range_of_pixels(data))]


def histograms(model: Model, network: list[Layer], params: Params, data: Data) -> dict:
    """The spread of the pixels in the forms with glitches, and of a normalization layer's input and output."""
    if LAYERS.get(model.label, "none") != "none" and model.setting.hidden:
        sums = before_and_after(network, params, data.test.x[:LOOKED_AT])
        return dict(zip(("before", "after"), (shares(z, -EDGE, EDGE, BINS) for z in sums), strict=True))
    return {"pixels": shares(data.train.x[:LOOKED_AT], 0, 1, BINS)} if model.label.endswith(f"pixel, {OWN}") else {}


def ranges(arms: dict[str, Setting], data: Data, seeds: list[int], options: dict) -> list[Run]:
    """For each kind of layer and seed the validation accuracy at every rate, in percent; None where it diverged."""
    at = {f"{name} at {lr:g}": replace(arms[name], lr=lr) for name in LAYERS for lr in RATES}
    found = {(run.label, run.seed): run for run in train(at, seeds, data, **options)}

    def reached(name: str, lr: float, seed: int) -> float | None:
        run = found[f"{name} at {lr:g}", seed]
        return 100 * run.curve("validation accuracy")[-1] if run.status == "ok" else None

    return [
        Run(f"{name}, all rates", seed, extra={"accuracy": [reached(name, lr, seed) for lr in RATES]})
        for name in LAYERS
        for seed in seeds
    ]


def in_torch(data: Data, setting: Setting, seed: int = 0) -> list[float]:
    """The same training as one writes it every day in torch: the loss of each step."""
    norm = {"none": nn.Identity, "batch norm": nn.BatchNorm1d, "layer norm": nn.LayerNorm}[setting.normalization]
    (H,) = setting.hidden
    hidden = nn.Linear(data.train.x.shape[1], H, bias=setting.normalization != "batch norm")
    scaled = norm(H).to(data.train.x.dtype)
    model = everyday_torch.begin(nn.Sequential(hidden, scaled, nn.ReLU(), nn.Linear(H, CLASSES)), setting, data, seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=setting.lr)
    schedule = everyday_torch.scheduler(optimizer, setting, steps(setting, data))
    shown = everyday_torch.examples(data, setting, seed)
    return everyday_torch.fit(model, nn.functional.cross_entropy, optimizer, shown, schedule)
