"""Will a stack fit into memory? Asked before it is trained, so that hours of work do not end in a killed process."""

import os
import sys
from contextlib import suppress
from math import prod
from pathlib import Path

from ..images.data_set import SIDE, Data
from .build import build
from .setting import Setting
from .stacks import Model

CONTAINER = [Path("/sys/fs/cgroup") / name for name in ("memory.max", "memory/memory.limit_in_bytes")]  # v2 and v1
COPIES = {  # state, gradient
    **{"sgd": 2, "momentum": 3, "nesterov": 3, "adagrad": 3, "rmsprop": 5, "adam": 5, "adamw": 5},
    **{"adadelta": 4, "nadam": 5, "radam": 5, "lion": 3, "muon": 5},
}
PROCESS = 500 * 2**20  # what a process takes beside its stack: Python, torch, the data in a form of their own


def estimate(models: list[Setting], data: Data) -> int:
    """Bytes that a stack needs: parameters, gradients and optimizer state, and what one batch leaves on the tape."""
    setting, item = models[0], data.train.x.element_size()
    network = build(models, data.train.x)
    parameters = sum(prod(shape) for layer in network for shape in layer.shapes)
    weights_updated = COPIES[setting.optimizer] + (setting.patience > 0)
    examples = max(setting.batch_size, 1000)  # evaluation takes a thousand at a time
    values = data.train.x.shape[-1] + sum(3 * width(layer.shapes) for layer in network)
    return len(models) * item * (parameters * (1 + weights_updated) + examples * values)


def width(shapes: tuple[tuple[int, ...], ...]) -> int:
    """How many numbers an example becomes: a layer's units, or an image a kernel and one a place of its window."""
    if not shapes or len(shapes[0]) == 1:
        return 0
    return shapes[0][1] if len(shapes[0]) == 2 else SIDE * SIDE * (shapes[0][0] + prod(shapes[0][1:]))


def available() -> int | None:
    """Bytes of memory that this machine, or the container around us, has; None where nobody tells."""
    found = []
    with suppress(AttributeError, ValueError, OSError):  # Windows has no sysconf
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for path in CONTAINER:
        with suppress(ValueError, OSError):  # "max" where there is no limit
            found.append(int(path.read_text()))
    return min(found, default=None)


def beside_one_another(stacks: list[list[Model]], data: Data, most: int) -> int:
    """How many of these stacks fit into memory at a time, each in a process of its own: from 1 to `most`."""
    largest = max((estimate([model.setting for model in models], data) for models in stacks), default=0)
    fitting = (available() or sys.maxsize) // (largest + PROCESS)
    return max(1, min(most, len(stacks), fitting))


def need_memory(models: list[Setting], data: Data) -> None:
    """Raises MemoryError, with the estimate, for a stack that cannot fit."""
    needed, there = estimate(models, data), available()
    if there is not None and needed > there:
        raise MemoryError(
            f"{len(models)} models at once need about {needed / 2**30:.1f} GiB, this machine has {there / 2**30:.1f}; "
            f"take fewer hidden units or a smaller batch"
        )
