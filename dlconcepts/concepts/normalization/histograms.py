"""How numbers are spread: the pixels that a network gets, and what its first hidden layer makes of them."""

import torch
from torch import Tensor

from ...manual.backprop import Params, forward
from ...manual.network import Layer


def shares(x: Tensor, low: float, high: float, bins: int) -> list[float]:
    """The share of values in each of so many bins from low to high; what lies beyond is in the first or the last.

    To six digits: more would only make a record long.
    """
    counts = torch.histc(x.double().clamp(low, high), bins, low, high)
    return [round(share, 6) for share in (counts / x.numel()).tolist()]


def before_and_after(network: list[Layer], params: Params, x: Tensor) -> tuple[Tensor, Tensor]:
    """The first hidden layer's weighted sums, and what the layer behind them makes of these."""
    before, _ = forward(network[:1], params[:1], x)
    after, _ = forward(network[1:2], params[1:2], before)
    return before, after
