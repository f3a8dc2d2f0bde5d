"""What one arm of an experiment is: a Setting, whose wrong values are refused with the range.

Fields made by `per_model` are numbers that each model of a stack has for itself; all others decide shapes or code,
and the models of a stack agree in them.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, fields
from difflib import get_close_matches
from inspect import signature
from typing import Any

from ..images.data_set import SIDE
from ..images.pixel_forms import inputs, no_images
from ..manual.initial import schemes
from ..rules.activation import rules as activations
from ..rules.learning_rate import schedules
from ..rules.loss import rules as losses
from ..rules.optimizer import optimizers

MOST = 10**9  # of anything that is counted: beyond it is a slip of the hand


def need_count(name: str, value: object, least: int = 1) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MOST:
        raise ValueError(f"{name}={value!r}: expected a whole number from {least} to {MOST}")


def need_name(name: str, value: object, table: Iterable[str]) -> None:
    if value not in (names := list(table)):
        near = get_close_matches(str(value), names, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"{name}={value!r}: expected one of {', '.join(names)}{hint}")


def count(default: int, least: int = 1) -> Any:
    return field(default=default, metadata={"need": lambda name, value: need_count(name, value, least)})


def choice(default: str, table: Iterable[str]) -> Any:
    return field(default=default, metadata={"need": lambda name, value: need_name(name, value, table)})


def flag(default: bool) -> Any:
    def need(name: str, value: object) -> None:
        if not isinstance(value, bool):
            raise ValueError(f"{name}={value!r}: expected true or false")

    return field(default=default, metadata={"need": need})


def widths(*default: int) -> Any:
    def need(name: str, value: tuple[int, ...]) -> None:
        for width in value:
            need_count(name, width)

    return field(default=default, metadata={"need": need})


def per_model(default: float | None, allowed: Callable[[float], bool], words: str) -> Any:
    def need(name: str, value: object) -> None:
        if not isinstance(value, int | float) or isinstance(value, bool) or not allowed(value) or math.isinf(value):
            raise ValueError(f"{name}={value!r}: expected a finite number {words}")

    return field(default=default, metadata={"need": need, "per_model": True})


def from_0(default: float | None) -> Any:
    return per_model(default, lambda value: value >= 0, "from 0")


def fraction(default: float) -> Any:
    return per_model(default, lambda value: 0 <= value < 1, "from 0, below 1")


def own_decay(optimizer: str) -> float:
    """The weight decay that an optimizer has by itself: AdamW's and Muon's are not 0."""
    return signature(optimizers[optimizer].update).parameters["weight_decay"].default


@dataclass(frozen=True)
class Setting:
    """One arm. Raises ValueError naming the field, the value and what is allowed.

    hidden: units of each hidden layer, first to last; () is a linear model.
    filters: kernels of each 3 x 3 convolution before them, each followed by the activation and 2 x 2 max-pooling.
    activation, loss, optimizer, initial (weights), schedule (of the learning rate): names in the tables of rules/ and
    of manual/initial.py.
    bias: whether each unit's weighted sum has one; scales and shifts of a normalization stay.
    output: what the last layer's sums go through before the loss; "fitting" is a sigmoid before binary cross-entropy,
    a log-softmax before the losses of log-probabilities, and nothing before the others: cross-entropy has its softmax
    inside.
    normalization: of what each hidden layer's activation gets.
    examples: if above 0, so many training examples, each seed its own choice of them; all where there are fewer.
    inputs: the form of the pixels, a name in images/pixel_forms.py's table. shift: training images are moved by up to
    so many pixels up or down and left or right, anew in each epoch.
    batch_size: examples a step. epochs: passes over the training split; steps: if above 0, the number of steps instead.
    patience: if above 0, early stopping: training ends after so many epochs without a lower validation loss, and the
    weights of the lowest count. validate_every: epochs between two looks at the validation split, for examples so few
    that looking takes longer than learning; the last epoch is always looked at.
    lr: learning rate, the highest one of a schedule. momentum: of the optimizers "momentum" and "nesterov".
    weight_decay: as the optimizer has it, biases too; unless given, its own default: .01 with "adamw", .1 with "muon",
    else 0.
    l1, l2: penalties on weights, added to the gradient.
    proximal_l1: the L1 penalty by soft threshold after each step, which does reach 0. dropout: the share of hidden
    values left out. label_smoothing: of cross-entropy over all classes, of smoothed cross-entropy over the others.
    clip_norm: if above 0, the longest gradient. label_noise: the share of training labels exchanged for another class,
    the same ones in all arms of a seed.
    """

    hidden: tuple[int, ...] = widths(128)
    filters: tuple[int, ...] = widths()
    activation: str = choice("relu", [name for name in activations if name != "prelu"])  # its slope is no constant
    bias: bool = flag(True)
    loss: str = choice("cross-entropy", losses)
    output: str = choice("fitting", ["fitting", "sigmoid", "softmax"])
    optimizer: str = choice("sgd", optimizers)
    normalization: str = choice("none", ["none", "batch norm", "layer norm", "rms norm"])
    initial: str = choice("uniform", schemes)
    schedule: str = choice("constant", schedules)
    examples: int = count(0, least=0)
    inputs: str = choice("0 to 1", inputs)
    shift: int = count(0, least=0)
    batch_size: int = count(64)
    epochs: int = count(5)
    steps: int = count(0, least=0)
    patience: int = count(0, least=0)
    validate_every: int = count(1)
    lr: float = per_model(0.1, lambda value: value > 0, "above 0")
    momentum: float = per_model(0.9, lambda value: 0 < value <= 1, "above 0, at most 1")
    weight_decay: float = from_0(None)  # and so never None: __post_init__ puts the optimizer's own in its place
    l1: float = from_0(0.0)
    l2: float = from_0(0.0)
    proximal_l1: float = from_0(0.0)
    dropout: float = fraction(0.0)
    label_smoothing: float = fraction(0.0)
    clip_norm: float = from_0(0.0)
    label_noise: float = fraction(0.0)

    def __post_init__(self) -> None:
        if self.weight_decay is None and self.optimizer in optimizers:
            object.__setattr__(self, "weight_decay", own_decay(self.optimizer))
        for f in fields(self):
            if isinstance(getattr(self, f.name), list):
                object.__setattr__(self, f.name, tuple(getattr(self, f.name)))
            f.metadata["need"](f.name, getattr(self, f.name))
        if self.label_smoothing and self.loss not in ("cross-entropy", "smoothed cross-entropy"):
            raise ValueError(f"label_smoothing={self.label_smoothing}: expected 0 with loss={self.loss!r}")
        if self.inputs in no_images and (self.filters or self.shift):
            raise ValueError(f"inputs={self.inputs!r}: expected pixels with filters or shift, which need an image")
        if self.shift >= SIDE:
            raise ValueError(f"shift={self.shift}: expected less than the {SIDE} pixels of an image's side")
        if self.patience and self.validate_every > 1:
            raise ValueError(f"validate_every={self.validate_every}: expected 1 with early stopping, by epochs")
        if len(self.filters) > 2:
            raise ValueError(
                f"filters={self.filters}: expected at most 2; 28 pixels are halved to 14 and 7, no further"
            )
        if self.filters and not self.bias:
            raise ValueError("bias=False: expected True with filters; only before batch norm a kernel has none")
        if self.filters and self.normalization not in ("none", "batch norm"):
            raise ValueError(f"normalization={self.normalization!r}: expected 'none' or 'batch norm' with filters")

    def code(self) -> tuple:
        """All that the models of one stack must agree in."""
        return tuple(getattr(self, f.name) for f in fields(self) if not f.metadata.get("per_model"))

    def plain(self) -> dict[str, Any]:
        """The fields as JSON has them."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def parse(assignment: str) -> tuple[str, Any]:
    """("lr", 0.3) from "lr=.3", read by the field's type. Raises ValueError as Setting does."""
    name, equals, text = assignment.partition("=")
    types = {f.name: f.type for f in fields(Setting)}
    if not equals:
        raise ValueError(f"{assignment!r}: expected FIELD=VALUE, as in lr=0.3")
    need_name("field", name, types)
    read, expected = READERS[types[name]]
    try:
        value = read(text)
    except ValueError:
        raise ValueError(f"{name}={text!r}: expected {expected}") from None
    Setting.__dataclass_fields__[name].metadata["need"](name, value)
    return name, value


def truth(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError
    return text.lower() == "true"


READERS = {
    bool: (truth, "true or false"),
    tuple[int, ...]: (lambda text: tuple(map(int, text.split(",") if text else ())), "whole numbers, commas between"),
    str: (str, "a name"),
    int: (int, "a whole number"),
    float: (float, "a number"),
}
