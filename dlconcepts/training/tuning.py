"""Each arm's own best value: an arm that runs at another arm's learning rate has not been compared with it.

Chosen on the validation split, with seeds that no comparison uses. Near the edge of stability a single epoch's
accuracy is mostly luck, so the best mean does not simply win: of the values within one standard error of it the most
cautious is taken, which is the lowest learning rate and the strongest restraint.
Source of the rule: L. Breiman, J. Friedman, R. Olshen, C. Stone, "Classification and Regression Trees", 1984, 3.4.3.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from math import sqrt
from statistics import fmean, stdev
from typing import Any

from ..evidence.records import Run
from ..images.data_set import Data
from .setting import Setting
from .train import train

SEEDS = [1_000_001, 1_000_002, 1_000_003, 1_000_004, 1_000_005]  # far from 0, 1, 2 ..., the seeds of comparisons

RESTRAINTS = ("weight_decay", "l1", "l2", "proximal_l1", "dropout", "label_smoothing", "shift")

Grid = tuple[str, tuple[float, ...]]  # a field of Setting, and its values in ascending order


def tune(settings: dict[str, Setting], tuned: dict[str, Grid], data: Data, **train_options: Any) -> dict[str, Any]:
    """What a search found for each arm in `tuned`: validation accuracy at each value (mean, standard error), and the
    choice.

    A value at which any seed diverged scores None and is never chosen. Raises ValueError for an arm that diverges at
    every value.
    """
    arms = {
        f"{label} {value}": replace(settings[label], **{field: value})
        for label, (field, grid) in tuned.items()
        for value in grid
    }
    runs = train(arms, SEEDS, data, **train_options)
    return {label: entry(label, settings[label], grid, runs, data) for label, grid in tuned.items()}


def entry(label: str, setting: Setting, grid: Grid, runs: list[Run], data: Data) -> dict[str, Any]:
    """One arm's row of the table."""
    field, values = grid
    scores = {str(value): score(runs, f"{label} {value}") for value in values}
    chosen = choose(label, values, scores, max if field in RESTRAINTS else min)
    return {**made_for(setting, grid, data), "scores": scores, "chosen": chosen}


def score(runs: list[Run], label: str) -> tuple[float, float] | None:
    """The arm's validation accuracy after its last epoch: mean and standard error over the seeds."""
    mine = [run for run in runs if run.label == label]
    if any(run.status != "ok" for run in mine):
        return None
    last = [run.curves["validation accuracy"][-1] for run in mine]
    return fmean(last), stdev(last) / sqrt(len(last))


def choose(
    label: str,
    grid: tuple[float, ...],
    scores: dict[str, tuple[float, float] | None],
    most_cautious: Callable[[Iterable[float]], float] = min,
) -> float:
    """The most cautious value of those whose mean lies within one standard error of the best one's."""
    usable = [value for value in grid if scores[str(value)] is not None]
    if not usable:
        raise ValueError(f"{label}: diverged at every value of {', '.join(map(str, grid))}; give it lower ones")
    mean, error = max(scores[str(value)] for value in usable)
    return most_cautious(value for value in usable if scores[str(value)][0] >= mean - error)


def apply(settings: dict[str, Setting], table: dict[str, Any]) -> dict[str, Setting]:
    """Each arm of the table at its own chosen value, the others as they are."""
    chosen = {label: {row["field"]: row["chosen"]} for label, row in table.items()}
    return {label: replace(arm, **chosen.get(label, {})) for label, arm in settings.items()}


def made_for(setting: Setting, grid: Grid, data: Data) -> dict[str, Any]:
    """What a search is about: the arm but for the tuned field, the grid, the seeds, the data."""
    field, values = grid
    arm = {name: value for name, value in setting.plain().items() if name != field}
    examples = len(data.train)
    return {
        **{"field": field, "grid": list(values), "seeds": SEEDS},
        **{"arm": arm, "data": data.sha256, "examples": examples},
    }


def fits(found: dict[str, Any], wanted: dict[str, Any], strictly: bool = True) -> bool:
    """Is this row of a table about what is wanted, a result of `made_for`?

    Not strictly: is it the same field? Enough for a look, where nothing is judged. A field that settings did not have
    when the search was made had its default.
    """
    if found.get("field") != wanted["field"] or not {"arm", "chosen"} <= found.keys():
        return False
    defaults = {name: value for name, value in Setting().plain().items() if name != found["field"]}
    whole = {**found, "arm": defaults | found["arm"]}
    return not strictly or all(whole.get(name) == value for name, value in wanted.items())
