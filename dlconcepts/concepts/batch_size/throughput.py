"""How many examples a second a training step takes in, by the size of the batch.

Shapes: x (N, I), y (N,).
The clock is read here, so what comes out belongs into a run's timing.
"""

import time
from collections.abc import Sequence

import torch
from torch import Tensor

from ...images.data_set import Split
from ...manual.backprop import Params
from ...manual.network import Layer
from ...training.build import as_input, as_target, build
from ...training.gradients import manual
from ...training.seeding import start
from ...training.setting import Setting

LEAST = 4096  # examples in one measurement at least, so that the clock's own unrest is small beside it
SLOW = 64  # steps in one measurement at most


def rounds(sizes: Sequence[int], setting: Setting, split: Split, n: int) -> list[dict[str, float]]:
    """Examples per second at each size, n times: all sizes in turns, so that a busy moment meets them alike.

    The first round of all warms up and is not counted.
    """
    network = build([setting], split.x)
    params = start(network, 0, split.x, setting.initial)
    batches = {B: (as_input(split.x[:B], setting), as_target(split.y[:B], split.x, setting)) for B in sizes}
    found = [{str(B): rate(network, params, *batch) for B, batch in batches.items()} for _ in range(n + 1)]
    return found[1:]


def rate(network: list[Layer], params: Params, x: Tensor, target: Tensor) -> float:
    """Examples per second of forward, backward and update."""
    B = len(x)
    steps = min(SLOW, -(-LEAST // B))
    waits = torch.cuda.synchronize if x.is_cuda else lambda: None
    waits()
    began = time.perf_counter()
    for _ in range(steps):
        _, dparams, _ = manual(network, params, x, target)
        params = [
            tuple(p - 0.01 * dp for p, dp in zip(*layer, strict=True)) for layer in zip(params, dparams, strict=True)
        ]
    waits()
    return B * steps / (time.perf_counter() - began)
