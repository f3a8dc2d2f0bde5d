"""Stacks are trained beside one another, each in a process of one thread: on N cores almost N times as fast.

With one worker the caller trains: no process is started and nothing is pickled. The numbers are the same either way.
"""

import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path

import torch
from joblib.externals.loky.process_executor import TerminatedWorkerError

from ..evidence.records import Run
from ..images.data_set import Data, Split
from ..images.pixel_forms import Forms
from .memory import beside_one_another
from .stacks import Model
from .worker import Job, Worker

LOOK = 0.1  # seconds between two looks how far the workers are

Progress = Callable[[int], object]
Finished = tuple[list[Model], list[Run]]


class Workers:
    """At most so many processes, each started when it is first needed; all end with the `with`.

    say: is told, in a line, of a worker that has died.
    """

    def __init__(self, number: int = 1, say: Callable[[str], object] = lambda line: None):
        self.number, self.say = number, say
        self.workers: list[Worker] = []
        self.folder: tempfile.TemporaryDirectory[str] | None = None
        self.shared: tuple[Split, ...] = ()
        self.files = 0

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_) -> None:
        for worker in self.workers:
            worker.end()
        if self.folder:
            self.folder.cleanup()
        self.workers, self.folder, self.shared = [], None, ()

    def each(self, job: Job, stacks: list[list[Model]], data: Data, progress: Progress) -> Iterator[Finished]:
        """Each stack with what job(stack, forms of the data, progress) returns for it, as soon as it is finished.

        Raises what the job raises, and ChildProcessError for a stack with which a worker has died twice.
        """
        number = beside_one_another(stacks, data, self.number)
        if number > 1:
            yield from self.apart(self.shared_file(data), self.ready(number), job, stacks, progress)
            return
        forms = Forms(data)
        for models in stacks:
            yield models, job(models, forms, progress)

    def apart(
        self, data: Path, idle: list[Worker], job: Job, stacks: list[list[Model]], progress: Progress
    ) -> Iterator[Finished]:
        """The same by these workers, with the data in this file."""
        waiting, busy = deque(stacks), dict[Future, Worker]()
        try:
            while waiting or busy:
                while waiting and idle:
                    worker = idle.pop()
                    busy[worker.begin(job, waiting.popleft(), data)] = worker
                finished, _ = wait(busy, LOOK, FIRST_COMPLETED)
                progress(sum(worker.news() for worker in busy.values()))
                for future in finished:
                    worker = busy.pop(future)
                    if isinstance(future.exception(), TerminatedWorkerError):
                        busy[self.after_a_death(worker)] = worker
                    else:
                        idle.append(worker)
                        yield worker.models, future.result()
        finally:
            for worker in busy.values():
                worker.end()

    def after_a_death(self, worker: Worker) -> Future:
        """Has the stack trained again, once."""
        worker.end()
        stack = f"{worker.models[0].label}, seed {worker.models[0].seed}"
        stack += f" and {len(worker.models) - 1} more models" if len(worker.models) > 1 else ""
        if worker.deaths:
            raise ChildProcessError(
                f"a worker has died twice while it trained {stack}; for want of memory? Take fewer --workers; "
                "the same command goes on from its last finished stack"
            )
        self.say(f"a worker has died while it trained {stack}; this stack is trained again")
        return worker.again()

    def ready(self, number: int) -> list[Worker]:
        """So many workers."""
        for n in range(len(self.workers), number):
            self.workers.append(Worker(self.place(f"counter {n}")))
        return self.workers[:number]

    def shared_file(self, data: Data) -> Path:
        """A file with the data set: written once, however many trainings and workers it is for."""
        splits = (data.train, data.validation, data.test)
        if splits != self.shared:
            self.files += 1
            save(data, self.place(f"data {self.files}"))
            self.shared = splits
        return self.place(f"data {self.files}")

    def place(self, name: str) -> Path:
        """A file in a temporary folder of our own."""
        self.folder = self.folder or tempfile.TemporaryDirectory(prefix="dlconcepts-")
        return Path(self.folder.name) / name


def save(data: Data, path: Path) -> None:
    """Writes a data set for the workers. Raises OSError where there is no room."""
    try:
        torch.save(data, path)
    except RuntimeError:  # as torch calls it
        raise OSError(f"{path}: cannot be written; make room in this folder, or take --workers 1") from None
