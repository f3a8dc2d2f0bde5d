"""Timing side by side: every recipe in every round, after a warm-up; medians; and the machine's limit beside each.

Times are seconds per model and epoch of 60,000 images. They are this machine's at this moment: compare ratios, which
are those of a round, where both were measured within seconds of each other, and the median of these.
What is done once is not timed: reading the data, and for our own recipes sorting the pixels (dark_pixels.py).
"""

import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import torch

from ..images.data_set import Data, Split
from .recipes import FLOP, RECIPES, H, I, Recipe, by_hand

IMAGES = 60_000
PART = 12_800  # images that one measurement trains on; what is reported is scaled to the epoch
BATCHES = (64, 16, 256, 1024)
BASE = "tensors in memory, nn, autograd, optim"
SIDES = (2048, 3072)  # of the square products that show the limit
LIMIT = "the limit: matrix products alone"
TRAFFIC = 3 * 4 * I * H  # bytes a step of one model moves at least: W1 read, then read and written


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def repeat(work: Callable[[], object], times: int) -> None:
    for _ in range(times):
        work()


def product_rate() -> float:
    """Floating-point operations a second of the best square float32 product."""
    rates = []
    for side in SIDES:
        a, b = torch.rand(2, side, side)
        rates.append(2 * side**3 / seconds(partial(torch.matmul, a, b)))
    return max(rates)


def memory_rate() -> float:
    """Bytes a second that an in-place addition reads and writes, on a tensor far larger than the caches."""
    big = torch.zeros(2**26)
    return 2 * 4 * len(big) / seconds(lambda: big.add_(1))


def compare(data: Data, B: int, rounds: int, tell: Callable[[str], object]) -> dict[str, Any]:
    """Median seconds per model-epoch of each recipe at batch size B, and of the limit, all measured in turns."""
    whole = Split(
        torch.cat([data.train.x, data.validation.x])[:PART], torch.cat([data.train.y, data.validation.y])[:PART]
    )
    ready, left_out = prepared(whole, B)
    times: dict[str, list[float]] = {name: [] for name in ready}
    limits: dict[str, list[float]] = {name: [] for name in ready}
    bandwidth = []
    for turn in range(rounds + 1):  # the first one warms up
        for name, (recipe, run) in ready.items():
            tell(f"batch {B}, round {turn} of {rounds}: {name}")
            spent, limit = seconds(run) * IMAGES / PART / recipe.models, IMAGES * FLOP / product_rate()
            if turn:
                times[name].append(spent)
                limits[name].append(limit)
        bandwidth.append(memory_rate())
    share = {name: ratio(limits[name], times[name]) for name in ready}
    times[LIMIT] = limits[BASE]
    return {
        "batch": B,
        "seconds": {name: median(values) for name, values in times.items()},
        "times as fast as in memory": {name: ratio(times[BASE], values) for name, values in times.items()},
        "share of the limit": share | {LIMIT: 1.0},
        "traffic of weights, seconds": TRAFFIC * IMAGES / B / median(bandwidth),
        "left out": left_out,
    }


def ratio(a: list[float], b: list[float]) -> float:
    """The median over the rounds of a / b."""
    return median(x / y for x, y in zip(a, b, strict=True))


def prepared(split: Split, B: int) -> tuple[dict[str, tuple[Recipe, Callable[[], object]]], dict[str, str]]:
    """The recipes that can run here; and why the others cannot, whose library is not installed."""
    ready, left_out = {}, {}
    for recipe in RECIPES:
        try:
            ready[recipe.name] = recipe, recipe.prepare(split, B)
        except ImportError as problem:
            left_out[recipe.name] = str(problem)
    return ready, left_out


def scaling(data: Data, tell: Callable[[str], object]) -> list[dict[str, Any]]:
    """Seconds and peak memory over the number of models and of epochs, on a part of the images, at batch 64."""
    split = Split(data.train.x[:PART], data.train.y[:PART])
    rows = []
    for models in (1, 2, 4, 8, 16, 32, 64):
        for epochs in (1, 2, 4, 8):
            tell(f"{models} models, {epochs} epochs")
            reset_peak()
            run = by_hand(models)(split, 64)
            spent = seconds(partial(repeat, run, epochs))
            rows.append({"models": models, "epochs": epochs, "seconds": spent, "peak MiB": peak()})
    return rows


def reset_peak() -> None:
    """Forgets the process's peak memory where the system can (Linux)."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def peak() -> float | None:
    """The peak of the process's resident memory in MiB since the reset; None where the system does not tell."""
    try:
        with open("/proc/self/status") as file:
            line = next(line for line in file if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return None
    return int(line.split()[1]) / 1024


def table(result: dict[str, Any]) -> str:
    """One batch size as text."""
    lines = [f"batch {result['batch']}{'':41}s per model-epoch   times {BASE.split(',')[0]}   share of limit"]
    for name, spent in result["seconds"].items():
        times, share = (result[key][name] for key in ("times as fast as in memory", "share of the limit"))
        lines.append(f"  {name:50}{spent:12.4f}{times:22.2f}{share:20.0%}")
    lines.append(f"  moving the weights through memory alone would take {result['traffic of weights, seconds']:.4f} s")
    lines += [f"  left out: {name}: {reason}" for name, reason in result["left out"].items()]
    return "\n".join(lines)


def scaling_table(rows: list[dict[str, Any]]) -> str:
    """Seconds for models x epochs, and the peak memory of the longest run."""
    epochs = sorted({row["epochs"] for row in rows})
    lines = [f"{'models':>8}" + "".join(f"{f'{e} epochs':>12}" for e in epochs) + f"{'peak MiB':>12}"]
    for models in dict.fromkeys(row["models"] for row in rows):
        mine = {row["epochs"]: row for row in rows if row["models"] == models}
        memory = mine[epochs[-1]]["peak MiB"]
        cells = "".join(f"{mine[e]['seconds']:11.2f}s" for e in epochs)
        lines.append(f"{models:8}{cells}" + (f"{memory:12.0f}" if memory else ""))
    return "\n".join(lines)
