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
    return len(batch_sizes(examples(setting, data), setting.batch_size, joins(setting)))


def joins(setting: Setting) -> bool:
    """Does a last batch of one example join the one before? With batch norm: one example has no variance."""
    return setting.normalization == "batch norm"


def batch_sizes(n: int, B: int, joined: bool) -> list[int]:
    """The sizes of an epoch's batches of n examples. The last may be smaller than B or, joined, B + 1."""
    whole, last = divmod(n, B)
    if joined and whole and last == 1:
        return [*[B] * (whole - 1), B + 1]
    return [*[B] * whole, *[last] * (last > 0)]


def joined_note(label: str, setting: Setting, N: int) -> str | None:
    """What is to be said before training where a last example of N joins the batch before it."""
    n, B = min(setting.examples or N, N), setting.batch_size
    if not joins(setting) or batch_sizes(n, B, True) == batch_sizes(n, B, False):
        return None
    return f"{label}: with batch norm, the last of the {n} training examples joins the batch before it"


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
    """Raises ValueError unless N training examples fill a batch, and a batch is enough for batch norm."""
    n = min(setting.examples or N, N)
    if setting.normalization == "batch norm" and setting.batch_size == 1 and setting.hidden:
        raise ValueError(f"{label}: batch_size=1: expected at least 2 with batch norm, one example has no variance")
    if setting.batch_size > n:
        raise ValueError(f"{label}: batch_size={setting.batch_size}: expected at most the {n} training examples")
