"""A worker: a process with one thread that trains one stack after the other.

Why loky's process: it takes functions that are defined inside others, starts in notebooks and where a script has no
`if __name__ == "__main__"`, works on every system, and says when the process has died.
"""

import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import lru_cache
from multiprocessing import resource_tracker
from pathlib import Path

import torch
from joblib.externals.loky import ProcessPoolExecutor, process_executor
from torch import Tensor

from ..evidence.records import Run
from ..images.pixel_forms import Forms
from .one_thread import THREADS
from .stacks import Model

Job = Callable[[list[Model], Forms, Callable[[int], object]], list[Run]]

ENVIRONMENT = {
    "OMP_NUM_THREADS": str(THREADS),
    "PYTHONSAFEPATH": "1",  # or it would import what lies in the folder where somebody works
}
WATCHING = 1.0  # seconds between two looks whether the caller is still there


class Worker:
    """The caller's side. counter: a file in which the process counts the model-epochs that it has done of a stack."""

    def __init__(self, counter: Path):
        counter.write_bytes(bytes(8))
        self.counter, self.done = counter, counted(counter)
        self.process: ProcessPoolExecutor | None = None

    def begin(self, job: Job, models: list[Model], data: Path) -> Future:
        """Has the process train a stack on the data in this file."""
        self.job, self.models, self.data = job, models, data
        self.told, self.deaths = 0, 0
        return self.submit()

    def again(self) -> Future:
        """Has another process train the stack with which this one has died."""
        self.deaths += 1
        return self.submit()

    def submit(self) -> Future:
        self.done.zero_()
        self.process = self.process or ProcessPoolExecutor(
            1, env=ENVIRONMENT, initializer=prepare, initargs=[os.getpid(), self.counter.parent]
        )
        with signals_kept_back():
            return self.process.submit(work, self.job, self.models, self.data, self.counter)

    def news(self) -> int:
        """How many model-epochs of its stack are done that were not told of; those done again are not told again."""
        new = max(0, int(self.done) - self.told)
        self.told += new
        return new

    def end(self) -> None:
        """Kills the process, whatever it does."""
        if self.process:
            self.process.shutdown(kill_workers=True)
            self.process = None


@contextmanager
def signals_kept_back() -> Iterator[None]:
    """A process started inside never hears Ctrl-C, which a terminal sends to all of a group: the caller ends it."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # it would start with the first process, and let signals pass again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def prepare(caller: int, folder: Path) -> None:
    """What a new process does first."""
    # loky takes 300 MB more than after the first task for a leak and starts the process anew: the data may be as large
    process_executor._MAX_MEMORY_LEAK_SIZE = sys.maxsize
    threading.Thread(target=watch, args=(caller, folder), daemon=True).start()


def watch(caller: int, folder: Path) -> None:
    """Ends this process, and removes the folder that all share, soon after the caller has been killed."""
    while os.getppid() == caller:
        time.sleep(WATCHING)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


def work(job: Job, models: list[Model], data: Path, counter: Path) -> list[Run]:
    """The process's side: trains a stack."""
    return job(models, opened(data), counted(counter).add_)


def counted(path: Path) -> Tensor:
    """The number () in this file, which all share who open it."""
    return torch.from_file(str(path), shared=True, size=1, dtype=torch.int64).squeeze(0)


@lru_cache(maxsize=1)
def opened(path: Path) -> Forms:
    """The data set in this file: opened once by each process, and mapped, so that it is in memory once for all."""
    return Forms(torch.load(path, mmap=True, weights_only=False))  # it is no tensor, and the caller's own file
