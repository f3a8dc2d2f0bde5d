"""What is compared: depths at equal numbers of parameters, ways to normalize, and the small network."""

from dataclasses import replace

from ...images.data_set import CLASSES, SIDE
from ...training.setting import Setting
from .equal_parameters import equally_many, parameters

BASE = Setting(batch_size=128, epochs=2, schedule="cosine", initial="he normal", lr=0.3)
DEPTHS, ONE_LAYER = (1, 2, 4, 8), (16, 36, 75)  # hidden layers; the width of a single one
COUNTS = tuple(parameters(SIDE * SIDE, (width,), CLASSES) for width in ONE_LAYER)
SHAPES = {count: {depth: equally_many(count, depth, SIDE * SIDE, CLASSES) for depth in DEPTHS} for count in COUNTS}


def named(hidden: tuple[int, ...]) -> str:
    """The arm's label: so many layers, so many units each."""
    return f"{len(hidden)} x {hidden[0]} units"


GRID = {count: {depth: named(hidden) for depth, hidden in shapes.items()} for count, shapes in SHAPES.items()}
DEEP = {named(hidden): replace(BASE, hidden=hidden) for shapes in SHAPES.values() for hidden in shapes.values()}
ONE = replace(BASE, hidden=(32,))
MODES = {
    "plain": ONE,
    "dropout": replace(ONE, dropout=0.5),
    "batch norm": replace(ONE, normalization="batch norm"),
    "layer norm": replace(ONE, normalization="layer norm"),
}
ARMS = DEEP | MODES
RATES = {1: (0.1, 0.2, 0.4, 0.8, 1.6)}  # a single hidden layer takes larger steps than several
TUNED = {label: ("lr", RATES.get(len(arm.hidden), (0.03, 0.1, 0.2, 0.4, 0.8))) for label, arm in DEEP.items()}
SMALL = "4-4-5-6-4-3-3"
