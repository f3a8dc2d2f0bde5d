"""What one arm of an experiment is: a Setting, whose wrong values are refused with the range.

Fields marked `one for each model` may differ inside a stack; the others decide shapes or code, and a stack agrees
in them.
"""

import math
from dataclasses import asdict, dataclass, field, fields
from difflib import get_close_matches
from typing import Any

from .manual.activation import rules as activations
from .manual.loss import rules as losses
from .manual.optimizer import optimizers


def one_for_each_model(default: float) -> Any:
    """A field whose value is a number that each model of a stack has for itself."""
    return field(default=default, metadata={"per_model": True})


@dataclass(frozen=True)
class Setting:
    """One arm. Raises ValueError naming the field, the value and what is allowed.

    hidden: units of each hidden layer, first to last; () is a linear model.
    activation, loss, optimizer: names of rules. batch_size: examples a step. epochs: passes over the training split.
    lr: learning rate, above 0.
    """

    hidden: tuple[int, ...] = (128,)
    activation: str = "relu"
    loss: str = "cross-entropy"
    optimizer: str = "sgd"
    batch_size: int = 64
    epochs: int = 5
    lr: float = one_for_each_model(0.1)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden", tuple(self.hidden))
        for width in self.hidden:
            need_count("hidden", width)
        for name, table in [("activation", activations), ("loss", losses), ("optimizer", optimizers)]:
            need_name(name, getattr(self, name), table)
        need_count("batch_size", self.batch_size)
        need_count("epochs", self.epochs)
        if not (is_number(self.lr) and 0 < self.lr < math.inf):
            raise ValueError(f"lr={self.lr!r}: expected a finite number above 0")

    def code(self) -> tuple:
        """All that models of one stack must agree in."""
        return tuple(getattr(self, f.name) for f in fields(self) if not f.metadata.get("per_model"))

    def plain(self) -> dict[str, Any]:
        """The fields as JSON has them."""
        return {**asdict(self), "hidden": list(self.hidden)}


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)


def need_count(name: str, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name}={value!r}: expected a whole number from 1")


def need_name(name: str, value: object, table: dict) -> None:
    if value not in table:
        near = get_close_matches(str(value), table, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"{name}={value!r}: expected one of {', '.join(table)}{hint}")


def parse(assignment: str) -> tuple[str, Any]:
    """("lr", 0.3) from "lr=.3", read by the field's type. Raises ValueError as Setting does."""
    name, equals, text = assignment.partition("=")
    types = {f.name: f.type for f in fields(Setting)}
    if not equals:
        raise ValueError(f"{assignment!r}: expected FIELD=VALUE, as in lr=0.3")
    need_name("field", name, types)
    try:
        value = READERS[types[name]](text)
    except ValueError:
        raise ValueError(f"{name}={text!r}: expected {EXPECTED[types[name]]}") from None
    Setting(**{name: value})  # refuses what is out of range
    return name, value


READERS = {
    tuple[int, ...]: lambda text: tuple(int(width) for width in text.split(",") if width),
    str: str,
    int: int,
    float: float,
}
EXPECTED = {tuple[int, ...]: "whole numbers with commas between", int: "a whole number", float: "a number"}
