"""What a seed fixes: the first weights and the order of the examples, whatever the arm and the stack.

Shapes: order (N,), a parameter as its layer has it.
Each use has its own generator, so that an arm with more layers or epochs shifts nobody else's numbers.
"""

import hashlib

import torch
from torch import Tensor

from ..manual.backprop import Params
from ..manual.network import Layer, initial


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
