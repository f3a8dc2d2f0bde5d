"""What a seed fixes: the first weights and the order of the examples, whatever the arm and the stack.

Shapes: images (N, I), order (N,), a batch x (M, B, I) and y (M, B).
Each use has its own generator, so that an arm with more layers or epochs shifts nobody else's numbers.
"""

import hashlib
from collections.abc import Iterator

import torch
from torch import Tensor

from .data import Split
from .manual.backprop import Params
from .manual.network import Layer, initial


def generator(seed: int, purpose: str, index: int) -> torch.Generator:
    """The random numbers of one seed for one purpose, such as layer 0's start or epoch 3's order."""
    digest = hashlib.sha256(f"{seed} {purpose} {index}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "big", signed=True))


def start(network: list[Layer], seed: int, like: Tensor, scheme: str = "uniform") -> Params:
    """One model's first parameters, a tuple per layer but the loss, on like's device and in its precision.

    The k-th layer of weights has the seed's k-th generator, whatever stands between the layers.
    """
    weighted = [i for i, layer in enumerate(network) if layer.shapes and len(layer.shapes[0]) > 1]
    own = {i: generator(seed, "start", k) for k, i in enumerate(weighted)}
    fixed = torch.Generator()  # scales and shifts of norms are not drawn
    return [
        tuple(p.to(like) for p in initial(layer, own.get(i, fixed), scheme)) for i, layer in enumerate(network[:-1])
    ]


def order(seed: int, epoch: int, N: int) -> Tensor:
    """The order in which a seed's models see the N examples in an epoch."""
    return torch.randperm(N, generator=generator(seed, "order", epoch))


def batches(split: Split, seeds: list[int], epoch: int, B: int) -> Iterator[tuple[Tensor, Tensor]]:
    """The epoch's ceil(N / B) batches for models with these seeds; the last may be smaller.

    Models that all have one seed share each batch: it is read once and expanded without a copy.
    """
    M, N = len(seeds), len(split)
    own = [seeds[0]] if len(set(seeds)) == 1 else seeds
    orders = {seed: order(seed, epoch, N) for seed in own}
    rows = torch.stack([orders[seed] for seed in own]).to(split.y.device)  # (M, N), or (1, N) when shared
    for first in range(0, N, B):
        chosen = rows[:, first : first + B]
        x = split.x.index_select(0, chosen.flatten()).view(*chosen.shape, -1)  # twice as fast as split.x[chosen]
        yield x.expand(M, *x.shape[1:]), split.y[chosen].expand(M, chosen.shape[-1])
