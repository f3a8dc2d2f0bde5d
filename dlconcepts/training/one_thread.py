"""Every training runs on one thread: sums in another order end in other last digits, and seldom earlier.

More cores train more stacks at a time instead (workers.py): tensors are so small that a second thread brings little.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

THREADS = 1


@contextmanager
def one_thread() -> Iterator[None]:
    """What is inside runs on one CPU thread; afterwards there are as many as before."""
    before = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    try:
        yield
    finally:
        torch.set_num_threads(before)
