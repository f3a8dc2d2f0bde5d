"""Which models train together: those that agree in all that decides shapes or code."""

from collections.abc import Iterator
from typing import NamedTuple

from .setting import Setting

STACK = 16  # models at most: fixed, so that results do not depend on the memory that happens to be free
SHARING = 4  # from so many arms of a code on, each seed gets its own stacks, whose models share every batch


class Model(NamedTuple):
    """One model to train: an arm and a seed."""

    label: str
    setting: Setting
    seed: int


def stacks(settings: dict[str, Setting], seeds: list[int]) -> Iterator[list[Model]]:
    """The models in groups of at most STACK that agree in code."""
    for code in dict.fromkeys(setting.code() for setting in settings.values()):
        arms = {label: setting for label, setting in settings.items() if setting.code() == code}
        models = [Model(label, setting, seed) for seed in seeds for label, setting in arms.items()]
        together = len(arms) if len(arms) >= SHARING else len(models)
        for group in cut(models, together):
            yield from cut(group, STACK)


def cut(items: list, size: int) -> Iterator[list]:
    """The list in pieces of `size`, the last maybe smaller."""
    return (items[i : i + size] for i in range(0, len(items), size))
