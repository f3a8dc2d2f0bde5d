"""How much memory a forward pass leaves occupied until the backward pass has read it.

Shapes: x (B, I), y (B,).
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence

import torch
from torch import Tensor

from ...images.data_set import CLASSES
from ...manual.backprop import Params, forward
from ...manual.network import Layer
from ...training.build import as_input, as_target, build
from ...training.gradients import manual
from ...training.seeding import start
from ...training.setting import Setting


def saved_bytes(network: list[Layer], params: Params, x: Tensor, target: Tensor) -> dict[str, int]:
    """Bytes on the tape, each storage once however many layers saved it: the parameters', and all that is not."""
    _, tape = forward(network, [*params, (target,)], x)
    saved = [value for layer in tape for value in layer if isinstance(value, Tensor)]
    storages = {tensor.untyped_storage().data_ptr(): tensor.untyped_storage().nbytes() for tensor in saved}
    of_parameters = {p.untyped_storage().data_ptr() for layer in params for p in layer}
    parameters = sum(size for place, size in storages.items() if place in of_parameters)
    return {"activations": sum(storages.values()) - parameters, "parameters": parameters}


def off_proportion(saved: dict[str, dict[str, int]]) -> list[tuple[float, float]]:
    """By batch size: how far the activations' bytes are from B times those of one example, and the parameters' from
    as many; as a share of these."""
    one = saved["1"]
    return [
        (
            abs(row["activations"] / (int(B) * one["activations"]) - 1),
            abs(row["parameters"] / one["parameters"] - 1),
        )
        for B, row in saved.items()
    ]


def batch_of(setting: Setting, B: int, like: Tensor) -> tuple[list[Layer], Params, Tensor, Tensor]:
    """A network at its first weights, and a batch that occupies its own memory: only the size matters here."""
    x = torch.rand(B, like.shape[-1], generator=torch.Generator().manual_seed(0)).to(like)
    network = build([setting], x)
    y = torch.arange(B, device=like.device) % CLASSES
    return network, start(network, 0, x, setting.initial), as_input(x, setting), as_target(y, x, setting)


def peaks(sizes: Sequence[int], setting: Setting, I: int) -> dict[str, int | None]:
    """The peak memory in bytes of a fresh process after a forward and a backward pass of each size, ascending.

    A process of its own, because this one's peak has passed: it has read the data.
    """
    code = f"from {__name__} import passes; passes({sizes!r}, {setting.plain()!r}, {I})"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return json.loads(found.stdout)


def passes(sizes: list[int], fields: dict, I: int) -> None:
    """What the fresh process does: prints its peak after each size."""
    setting, found = Setting(**fields), {}
    for B in sizes:
        manual(*batch_of(setting, B, torch.empty(1, I)))
        found[str(B)] = peak()
    print(json.dumps(found))


def peak() -> int | None:
    """The most memory in bytes that this process has occupied; None where the system does not tell.

    Not getrusage, which on Linux starts from the memory of the process that started this one.
    """
    try:
        with open("/proc/self/status", encoding="ascii") as file:
            line = next(line for line in file if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return None
    return int(line.split()[1]) * 1024
