"""What to run a concept with, and which arms and seeds that makes."""

from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from ..images.data_set import TRAINING
from ..training.budget import most_steps, need_batch
from ..training.setting import Setting, own_decay

QUICK_SEEDS, FULL_SEEDS = 3, 10
QUICK_IMAGES = 10_000


@dataclass(frozen=True)
class Request:
    """What to run a concept with; the defaults are the full budget that the committed records have.

    overrides: Setting fields for every arm. tune: search the tuned values anew. workers: how many processes train, 1
    for this one. data: a folder in MNIST's layout. out: where NAME.json goes. figures: where NAME.png goes; None is
    `out`.
    """

    quick: bool = False
    seeds: int | None = None
    overrides: dict[str, Any] = field(default_factory=dict)
    tune: bool = False
    gradients: str = "manual"
    device: str = "cpu"
    workers: int = 1
    data: Path | None = None
    out: Path = Path("out")
    figures: Path | None = None
    formats: tuple[str, ...] = ("png",)

    def declared(self) -> bool:
        """Is it the experiment as its concept declares it, on MNIST with the full budget? Only that is judged."""
        return not (self.quick or self.data or self.overrides or most_steps())


def concept(name: str) -> ModuleType:
    return import_module(f"dlconcepts.concepts.{name}")


def decay(arm: Setting, request: Request) -> dict[str, Any]:
    """What becomes of the arm's weight decay: None is the next optimizer's own."""
    given = arm.weight_decay != own_decay(arm.optimizer)
    return {"weight_decay": None} if "optimizer" in request.overrides and not given else {}


def arms_of(name: str, request: Request) -> dict[str, Setting]:
    """The concept's arms with the request's overrides. Raises ValueError for settings that do not go together.

    Who asks for epochs gets them from arms whose budget is in steps, too; who asks for another optimizer gets its own
    weight decay, unless the arm has one that is not its optimizer's own.
    """
    budget = {"steps": 0} if "epochs" in request.overrides else {}
    arms = {
        label: replace(arm, **budget | decay(arm, request) | request.overrides)
        for label, arm in concept(name).ARMS.items()
    }
    if request.data is None:
        for label, arm in arms.items():
            need_batch(label, arm, QUICK_IMAGES if request.quick else TRAINING)
    return arms


def seeds_of(request: Request) -> list[int]:
    """Seeds 0, 1, 2 ..., as many as asked for."""
    return list(range(request.seeds or (QUICK_SEEDS if request.quick else FULL_SEEDS)))
