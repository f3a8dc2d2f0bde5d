"""What one operation's part of torch's backward looks like when it is wrong: a new way is one row of KINDS.

Shapes: as the tensors that flow along the graph; out is the gradient of an operation's value, gradient what the
operation makes of it for one of its inputs.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from torch import Tensor

Change = Callable[[Any, Tensor, Tensor], Tensor | None]  # (node, gradient, out) -> another gradient, None: not here
MASKS = re.compile("Where|Clamp|Relu|Threshold|Hardtanh|Maximum|Minimum|MaskedFill")


def fit(new: Tensor, old: Tensor) -> Tensor:
    """new with old's shape: expanded, or summed over what was broadcast."""
    if new.shape == old.shape:
        return new
    return new.sum_to_size(old.shape) if new.numel() > old.numel() else new.expand(old.shape).contiguous()


def is_mask(node: Any) -> bool:
    return bool(MASKS.match(node.name()))


def times(number: float) -> Change:
    return lambda node, gradient, out: number * gradient


cut, negate = times(0), times(-1)


def everything(node: Any, gradient: Tensor, out: Tensor) -> Tensor:
    """The slope taken for 1."""
    return out


def straight(node: Any, gradient: Tensor, out: Tensor) -> Tensor | None:
    return None if is_mask(node) else out


def by_count(power: int) -> Change:
    """A mean's number of entries as a factor."""

    def change(node: Any, gradient: Tensor, out: Tensor) -> Tensor | None:
        n = gradient.numel() / max(1, out.numel())
        return gradient * n**power if n > 1 else None

    return change


def saved(node: Any) -> list[Tensor]:
    """What the operation remembers: its operands or its result."""
    values = (getattr(node, f"_saved_{name}", None) for name in ("self", "other", "result", "mat1", "mat2"))
    return [v.detach() for v in values if isinstance(v, Tensor) and v.is_floating_point()]


def by_operand(k: int, power: int, of: Callable[[Tensor], Tensor]) -> Change:
    """A function of the operation's k-th operand as a factor too many (power 1) or too few (-1)."""

    def change(node: Any, gradient: Tensor, out: Tensor) -> Tensor | None:
        kept = saved(node)
        return gradient * of(kept[k]).expand(gradient.shape) ** power if k < len(kept) else None

    return change


def product_with(factor_turned: bool, out_turned: bool) -> Change:
    """The gradients of a product A B are out B^T and A^T out; here a factor is turned the wrong way, or both are."""

    def change(node: Any, gradient: Tensor, out: Tensor) -> Tensor | None:
        if len(saved(node)) < 2 or "mm" not in node.name().lower():
            return None
        A, B = saved(node)[-2:]
        dy = out.mT if out_turned else out
        left = multiply(out, B.mT)
        if left is not None and left.shape == gradient.shape and left.allclose(gradient):
            return same_shape(multiply(dy, B if factor_turned else B.mT), gradient)
        return same_shape(multiply(A if factor_turned else A.mT, dy), gradient)

    return change


def multiply(A: Tensor, B: Tensor) -> Tensor | None:
    return A @ B if A.shape[-1] == B.shape[-2] else None


def same_shape(new: Tensor | None, gradient: Tensor) -> Tensor | None:
    return new if new is not None and new.shape == gradient.shape else None


def diagonal(node: Any, gradient: Tensor, out: Tensor) -> Tensor | None:
    """A softmax's own entries alone."""
    if not re.match("(Log)?Softmax", node.name()):
        return None
    result = node._saved_result
    return out * (1 - result.exp() if node.name().startswith("Log") else result * (1 - result))


class Kind(NamedTuple):
    """One way to change an operation's backward, the cause it would be, and how to say it of a line."""

    cause: str
    change: Change
    words: str


OF_AN_OPERAND = {"an operand": lambda t: t, "1 - its value": lambda t: 1 - t, "1 + its value": lambda t: 1 + t}
KINDS = [
    Kind("missing term", cut, "the path through {line} is left out"),
    Kind("sign", negate, "of the path through {line}"),
    Kind("missing factor", straight, "the slope of {line}"),
    Kind("transposed", product_with(True, False), "a factor in the product of {line}"),
    Kind("transposed", product_with(False, True), "the gradient in the product of {line}"),
    Kind("transposed", product_with(True, True), "both factors in the product of {line}"),
    Kind("diagonal only", diagonal, "{line}"),
    Kind("factor", times(2), "2, on the path through {line}"),
    Kind("factor", times(0.5), "1/2, on the path through {line}"),
    Kind("factor", by_count(1), "the number of entries, at {line}"),
    Kind("factor", by_count(-1), "1/the number of entries, at {line}"),
    *(
        Kind("missing factor", by_operand(k, power, of), f"{words} of {{line}}")
        for power in (-1, 1)
        for words, of in OF_AN_OPERAND.items()
        for k in (0, 1)
    ),
]
