"""Hard sigmoid and hardswish: torch's own, and what ours are verified on.

Both from torch's relu6, whose slope at its bounds is 0 in every version: functional.hardsigmoid has the slope 1/6 with
the digits of float32, in float64 too, and functional.hardswish had the slopes -1/2 and 3/2 at its bounds in older ones.
"""

from torch import Tensor
from torch.nn import functional

from ..manual.hard_activation import hard_sigmoid, hard_sigmoid_backward, hardswish, hardswish_backward
from .elementwise import elementwise
from .rule import Rule


def torch_hard_sigmoid(x: Tensor) -> Tensor:
    return functional.relu6(x + 3) / 6


rules = {
    "hard sigmoid": Rule(hard_sigmoid, hard_sigmoid_backward, torch_hard_sigmoid, elementwise(-3.0, 3.0)),
    "hardswish": Rule(hardswish, hardswish_backward, lambda x: x * torch_hard_sigmoid(x), elementwise(-3.0, 3.0)),
}
