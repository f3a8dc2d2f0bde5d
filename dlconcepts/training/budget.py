"""How many examples, steps and epochs a setting asks for, and whether there are so many."""

import math

from ..images.data_set import Data
from .setting import Setting


def epochs(setting: Setting, data: Data) -> int:
    """How many passes over the data, the last one maybe not whole, the budget asks for."""
    return math.ceil(setting.steps / steps_an_epoch(setting, data)) if setting.steps else setting.epochs


def steps(setting: Setting, data: Data) -> int:
    """How many steps the budget asks for."""
    return setting.steps or setting.epochs * steps_an_epoch(setting, data)


def steps_an_epoch(setting: Setting, data: Data) -> int:
    return math.ceil(examples(setting, data) / setting.batch_size)


def examples(setting: Setting, data: Data) -> int:
    """How many training examples a model has."""
    return min(setting.examples or len(data.train), len(data.train))


def need_batch(label: str, setting: Setting, N: int) -> None:
    """Raises ValueError unless N training examples fill a batch."""
    n = min(setting.examples or N, N)
    if setting.batch_size > n:
        raise ValueError(f"{label}: batch_size={setting.batch_size}: expected at most the {n} training examples")
