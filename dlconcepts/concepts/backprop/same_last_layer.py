"""Two networks whose last layers have the same weight gradients, while those before do not.

Shapes: x (B, I), y (B,), h (B, H) what the last layer gets, W (H, K) its weights.
The last layer's dW = h^T dz depends on its weights only through its sums z = h W + b. Adding to W what h does not see,
a matrix N with h N = 0, leaves z, the loss, dz and dW as they were; but what travels back is dz W^T, and that changes.
"""

import torch
from torch import Tensor

from ...manual.backprop import Params, forward
from ...manual.network import Layer
from ...rules.verify import error
from ...training.gradients import manual
from ...training.seeding import generator


def unseen(h: Tensor, W: Tensor, random: torch.Generator) -> Tensor:
    """W and a random matrix of its size that h does not see: h (B, H) times it is 0. Needs fewer examples than H."""
    noise = torch.randn(W.shape, generator=random, dtype=W.dtype).to(W) * W.std()
    return W + noise - torch.linalg.pinv(h) @ (h @ noise)


def with_unseen(network: list[Layer], params: Params, x: Tensor, seed: int) -> Params:
    """The network's parameters with other weights in the last layer, of which these examples see nothing."""
    last = max(i for i, p in enumerate(params) if p)
    h, _ = forward(network[:last], params[:last], x)
    W, *b = params[last]
    return [*params[:last], (unseen(h, W, generator(seed, "unseen", 0)), *b), *params[last + 1 :]]


def compared(network: list[Layer], params: Params, x: Tensor, y: Tensor, seed: int) -> dict[str, float]:
    """The two networks' differences: of losses, of the last dW, and of the dW before it as a share of its length."""
    other = with_unseen(network, params, x, seed)
    (loss, ours, _), (other_loss, theirs, _) = (manual(network, p, x, y) for p in (params, other))
    *_, before, last = [layer[0] for layer in ours if layer]
    *_, other_before, other_last = [layer[0] for layer in theirs if layer]
    return {
        "loss": float((loss - other_loss).abs()),
        "last": error(other_last, last),
        "before": float((other_before - before).norm() / before.norm()),
    }
