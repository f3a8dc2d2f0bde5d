"""How many examples go through the network at once, and what their number does to the gradient.

Shapes: x (N, I), y (N,).
"""

from dataclasses import replace
from itertools import groupby

from ...images.data_set import Split
from ...manual.backprop import forward
from ...rules.verify import error
from ...training.batches import batches, feed
from ...training.build import as_input, as_target, build
from ...training.seeding import start
from ...training.setting import Setting
from ...training.stacks import Model
from .gradient_noise import gradients

Counted = list[list[int]]


def counted(setting: Setting, seed: int, split: Split, sizes: tuple[int, ...]) -> dict[str, Counted]:
    """The examples in each forward pass of an epoch, by batch size: [examples, passes in a row]. Counted at its end."""
    network = build([setting], split.x)
    params = start(network, seed, split.x, setting.initial)
    found = {}
    for B in sizes:
        fed = feed(split, [Model("", replace(setting, batch_size=B), seed)])
        outputs = [forward(network[:-1], params, as_input(x[0], setting))[0] for x, _ in batches(fed, 0)]
        found[str(B)] = [[rows, len(list(same))] for rows, same in groupby(len(z) for z in outputs)]
    return found


def miscounted(B: int, passes: Counted, n: int) -> int:
    """By how many examples the passes of an epoch differ from B each, the last one from what n leaves for it."""
    sizes = [size for size, times in passes for _ in range(times)]
    expected = [min(B, n - first) for first in range(0, n, B)]
    missing = abs(len(sizes) - len(expected)) * B
    return missing + sum(abs(a - b) for a, b in zip(sizes, expected, strict=False))


def deviation_from_mean(setting: Setting, seed: int, split: Split) -> float:
    """How far a batch's gradient is from the mean of its examples' own gradients, each found alone, in float64."""
    x, y = as_input(split.x.double(), setting), as_target(split.y, split.x.double(), setting)
    network = build([setting], split.x.double())
    params = start(network, seed, split.x.double(), setting.initial)
    of_batch = gradients(network, params, x[None], y[None])
    of_each = gradients(network, params, x[:, None], y[:, None])
    return max(error(each.mean(0, keepdim=True), mean) for each, mean in zip(of_each, of_batch, strict=True))
