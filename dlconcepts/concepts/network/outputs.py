"""How many values an output layer gives, and in which range, by the function behind its sums.

Shapes: z (N, K) the output units' sums, x (N, I).
"""

import torch
from torch import Tensor

from ...manual.backprop import forward
from ...manual.network import initial
from ...rules.activation import rules as activations
from ...rules.softmax import rules as softmaxes
from ...training.fully_connected import fully_connected


def ranges(z: Tensor) -> dict[str, float]:
    """The shares of outputs outside of what their function promises; of softmax how far off the sums and values are."""
    sigmoid, tanh = (activations[name].forward(z)[0] for name in ("sigmoid", "tanh"))
    p, _ = softmaxes["softmax"].forward(z)
    return {
        "identity outside": outside(z, 0, 1),
        "sigmoid outside": outside(sigmoid, 0, 1),
        "tanh outside": outside(tanh, -1, 1),
        "softmax off": float(max((p.sum(-1) - 1).abs().max(), (-p).clamp_min(0).max())),
    }


def outside(y: Tensor, low: float, high: float) -> float:
    """The share of values below `low` or above `high`."""
    return float(((y < low) | (y > high)).double().mean())


def amiss(x: Tensor, K: int) -> int:
    """By how many values the outputs of K units on x differ from K for each example."""
    layer = fully_connected(x.shape[-1], K)
    params = [tuple(p.to(x) for p in initial(layer, torch.Generator().manual_seed(K)))]
    z, _ = forward([layer], params, x)
    return abs(z.numel() - K * len(x))
