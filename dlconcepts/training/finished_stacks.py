"""The finished stacks of a run that was interrupted: one file each, until all that was asked for is complete."""

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path

import torch

from ..evidence.records import Run, write
from ..images.data_set import Data
from .budget import most_steps
from .one_thread import THREADS
from .stacks import Model


class Partial:
    """A folder of finished stacks. What is found there was made by the same code from the same request."""

    def __init__(self, folder: Path, concept: str, data: Data, gradients: str, device: str):
        self.folder = folder
        self.used: set[Path] = set()
        data_key = [data.sha256, len(data.train), str(data.train.x.dtype)]
        run = [most_steps(), THREADS, torch.__version__, code()]
        self.key = [concept, *data_key, gradients, device, *run]

    def path(self, models: list[Model]) -> Path:
        """The stack's file, named after all that its numbers depend on."""
        named = json.dumps([self.key, [[model.label, model.setting.plain(), model.seed] for model in models]])
        return self.folder / f"{hashlib.sha256(named.encode()).hexdigest()[:32]}.json"

    def get(self, models: list[Model]) -> list[Run] | None:
        """The stack's runs, or None where it has not been finished, or its file is no longer whole."""
        path = self.path(models)
        self.used.add(path)
        try:
            return [Run(**run) for run in json.loads(path.read_text(encoding="utf-8"))]
        except (OSError, ValueError, TypeError):
            return None

    def put(self, models: list[Model], runs: list[Run]) -> None:
        """Keeps a finished stack."""
        text = json.dumps([asdict(run) for run in runs], allow_nan=False)
        try:
            write(self.path(models), text)
        except OSError:  # another run, just finished, may have removed the folder under our hands
            write(self.path(models), text)

    def clear(self) -> None:
        """All records are complete: the parts can go. Those of other requests stay."""
        for path in self.used:
            path.unlink(missing_ok=True)
        with suppress(OSError):  # another run's stacks are in it, or it is gone
            self.folder.rmdir()


@cache
def code() -> str:
    """A digest of the package's source: numbers from before a change are not mixed with those from after it."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
