"""How many examples, steps and epochs a setting asks for, and whether there are so many.

The environment variable DLCONCEPTS_MOST_STEPS=N ends every training after N steps, whatever its setting asks for: to
see quickly that a lesson or a command runs from top to bottom. What such a training learns is nobody's result.
"""

import math
import os

from ..images.data_set import Data
from .setting import Setting, need_count

MOST_STEPS = "DLCONCEPTS_MOST_STEPS"


def epochs(setting: Setting, data: Data) -> int:
    """How many passes over the data, the last one maybe not whole, the budget asks for."""
    return math.ceil(steps(setting, data) / steps_an_epoch(setting, data))


def steps(setting: Setting, data: Data) -> int:
    """How many steps the budget asks for. Raises ValueError where MOST_STEPS is no count."""
    return at_most(setting.steps or setting.epochs * steps_an_epoch(setting, data))


def steps_an_epoch(setting: Setting, data: Data) -> int:
    return math.ceil(examples(setting, data) / setting.batch_size)


def examples(setting: Setting, data: Data) -> int:
    """How many training examples a model has."""
    return min(setting.examples or len(data.train), len(data.train))


def most_steps() -> int | None:
    """After how many steps the environment ends every training; None where it leaves them whole."""
    text = os.environ.get(MOST_STEPS, "")
    if not text:
        return None
    value = int(text) if text.isdecimal() else text
    need_count(MOST_STEPS, value)
    return value


def at_most(wanted: int) -> int:
    """So many steps, or what the environment leaves of them."""
    return min(wanted, most_steps() or wanted)


def cut() -> dict[str, int]:
    """What the environment of a record says of a cut: nothing where trainings are whole."""
    most = most_steps()
    return {"most steps": most} if most else {}


def need_whole(what: str) -> None:
    """Raises ValueError where trainings are cut, for what must not come from one that is."""
    if most := most_steps():
        raise ValueError(f"{what}: expected whole trainings; unset {MOST_STEPS}={most}, which cuts them")


def need_batch(label: str, setting: Setting, N: int) -> None:
    """Raises ValueError unless N training examples fill a batch."""
    n = min(setting.examples or N, N)
    if setting.batch_size > n:
        raise ValueError(f"{label}: batch_size={setting.batch_size}: expected at most the {n} training examples")
