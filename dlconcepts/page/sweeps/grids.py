"""The three sweeps as data: what is varied over which values, and the Setting that each combination is.

A sweep has the name of the concept it belongs to. Only the validation split is looked at, never the test split.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import product

from ...training.setting import Setting

Value = float | int | str
State = dict[str, Value]  # one value of each axis


@dataclass(frozen=True)
class Axis:
    """What is varied. label: in words; unit: of its values, if any; words: how a value is called where it is a name."""

    label: str
    values: tuple[Value, ...]
    unit: str = ""
    words: dict[Value, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sweep:
    """title: a few words; question: what the reader tries to find out; fixed: what is the same for all, in words.

    setting: from one value of each axis, by name, to what is trained. begin: the state one sees first.
    """

    title: str
    question: str
    fixed: str
    axes: dict[str, Axis]
    begin: State
    setting: Callable[..., Setting]

    def states(self) -> Iterator[State]:
        """Every combination, the last axis changing fastest."""
        for values in product(*(axis.values for axis in self.axes.values())):
            yield dict(zip(self.axes, values, strict=True))

    def arms(self) -> dict[str, Setting]:
        """label -> Setting, as `train` takes them."""
        return {label(state): self.setting(**state) for state in self.states()}


def label(state: State) -> str:
    """A state in one line, as --only takes it: "optimizer=adam,batch=64,lr=0.003"."""
    return ",".join(f"{name}={value}" for name, value in state.items())


def state_from(sweep: Sweep, text: str) -> State:
    """The state that such a line means. Raises ValueError naming the axis and its values."""
    given = dict(assignment.strip().partition("=")[::2] for assignment in text.split(","))
    for name in [*given, *sweep.axes]:
        if name not in sweep.axes:
            raise ValueError(f"{name!r}: expected AXIS=VALUE of {', '.join(sweep.axes)}")
        if name not in given:
            raise ValueError(f"{text!r}: expected {name}= as well, one of {listed(sweep.axes[name])}")
    return {name: value_from(name, axis, given[name]) for name, axis in sweep.axes.items()}


def value_from(name: str, axis: Axis, text: str) -> Value:
    """The value of an axis that is written like this; ".1" is 0.1."""
    for value in axis.values:
        if text == str(value) or (not isinstance(value, str) and number(text) == value):
            return value
    raise ValueError(f"{name}={text}: expected one of {listed(axis)}")


def number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def listed(axis: Axis) -> str:
    return ", ".join(f"{value:g}" if isinstance(value, float) else str(value) for value in axis.values)


STEPWISE = Setting(hidden=(64,), epochs=6)
DEEP = Setting(initial="xavier normal", epochs=6)  # one start for all activations, the one that the concept has too
FITTED = Setting(hidden=(64,), optimizer="momentum", lr=0.03, batch_size=32, epochs=20)  # long enough to over-fit
UNITS = 64  # of each hidden layer where the depth varies

SWEEPS = {
    "optimizer": Sweep(
        "Optimizer, batch size, learning rate",
        "Which learning rate suits which optimizer, and what does the batch size change about that?",
        "One hidden layer of 64 ReLU units, constant learning rate, 6 epochs.",
        {
            "optimizer": Axis(
                "optimizer",
                ("sgd", "momentum", "adagrad", "rmsprop", "adam"),
                words={
                    "sgd": "SGD",
                    "momentum": "Momentum",
                    "adagrad": "AdaGrad",
                    "rmsprop": "RMSprop",
                    "adam": "Adam",
                },
            ),
            "batch": Axis("batch size", (16, 64, 256, 1024), "examples"),
            "lr": Axis("learning rate", (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)),
        },
        {"optimizer": "sgd", "batch": 64, "lr": 0.1},
        lambda optimizer, batch, lr: replace(STEPWISE, optimizer=optimizer, batch_size=batch, lr=lr),
    ),
    "activation": Sweep(
        "Activation, depth, learning rate",
        "How deep can a network be before it no longer learns, and what has its activation to do with that?",
        "Hidden layers of 64 units, Xavier's first weights, plain SGD with batches of 64, 6 epochs.",
        {
            "activation": Axis(
                "activation",
                ("identity", "sigmoid", "tanh", "relu", "gelu"),
                words={"identity": "None", "sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "ReLU", "gelu": "GELU"},
            ),
            "depth": Axis("depth", (1, 2, 3, 5, 8), "hidden layers"),
            "lr": Axis("learning rate", (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)),
        },
        {"activation": "relu", "depth": 3, "lr": 0.1},
        lambda activation, depth, lr: replace(DEEP, activation=activation, hidden=(UNITS,) * depth, lr=lr),
    ),
    "regularization": Sweep(
        "Penalty, strength, training-set size",
        "When does a price on large weights help: with few examples or many, with right labels or wrong ones?",
        "One hidden layer of 64 ReLU units, momentum with learning rate 0.03 and batches of 32, 20 epochs.",
        {
            "penalty": Axis("penalty", ("l2", "l1"), words={"l2": "L2", "l1": "L1"}),
            "wrong": Axis("wrong training labels", (0.0, 0.2), words={0.0: "none", 0.2: "a fifth"}),
            "examples": Axis("training examples", (100, 300, 1000, 3000, 10000)),
            "strength": Axis("penalty strength", (0.0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)),
        },
        {"penalty": "l2", "wrong": 0.2, "examples": 1000, "strength": 0.003},
        lambda penalty, wrong, examples, strength: replace(
            FITTED, label_noise=wrong, examples=examples, **{penalty: strength}
        ),
    ),
}
