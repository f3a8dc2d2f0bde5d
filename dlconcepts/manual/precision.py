"""Half precision: a formula is computed in float32 and rounded once, at its end.

Shapes: any. float16 ends at 65,504, so the square of 256 is infinite there; bfloat16 has 8 bits, so a sum of ones
stands still at 256. Rounded after every step, a mean or a norm of such numbers is no number at all.
Source: P. Micikevicius et al., 2017, "Mixed precision training", section 3.3, https://arxiv.org/abs/1710.03740
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import torch
from torch import Tensor

HALVES = (torch.float16, torch.bfloat16)
AUTOCASTS = ("cpu", "cuda", "mps", "xpu")  # where torch has autocast; of another kind of device it cannot be asked
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def wide(x: Any) -> Any:
    """A half-precision tensor in float32; anything else as it is."""
    return x.float() if isinstance(x, Tensor) and x.dtype in HALVES else x


def rounded_once(formula: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """The formula, computed in float32 where its first argument is a half type, and its results rounded to that type.

    What a forward saves and what an optimizer remembers, tensors in a tuple of their own, stays in float32. The type is
    the first argument's, also under autocast, which would choose another for each product.
    """

    @wraps(formula)
    def in_float32(*inputs: Arguments.args, **constants: Arguments.kwargs) -> Result:
        x: Any = inputs[0] if inputs else next(iter(constants.values()))
        device = x.device.type
        if device in AUTOCASTS and torch.is_autocast_enabled(device):
            with torch.autocast(device, enabled=False):
                return in_float32(*inputs, **constants)
        if x.dtype not in HALVES:
            return formula(*inputs, **constants)
        widened: Any = {name: wide(constant) for name, constant in constants.items()}
        return rounded(formula(*map(wide, inputs), **widened), x.dtype)

    return in_float32


def rounded(result: Any, dtype: torch.dtype) -> Any:
    """A float32 tensor, or those of a tuple, in a half type."""
    if isinstance(result, tuple):
        return tuple(rounded(x, dtype) if isinstance(x, Tensor) else x for x in result)
    return result.to(dtype)
