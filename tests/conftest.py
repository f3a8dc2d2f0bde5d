"""What several tests share: the data, a small part of it, and the ban on sockets."""

import os
import socket
from dataclasses import replace

import pytest
import torch

from dlconcepts.images.data_set import Data, load

SPLITS = ("validation", "test")
torch.set_num_threads(1)  # the tensors are small: a second thread costs more than it brings
os.environ.setdefault("OMP_NUM_THREADS", "1")  # the same for the processes that tests start


@pytest.fixture(autouse=True)
def no_socket(monkeypatch):
    """No test, and so nothing that a test runs in this process, opens a connection."""

    def refuse(self, address, *_):
        raise AssertionError(f"a socket was opened to {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)


@pytest.fixture(scope="session")
def mnist() -> Data:
    return load()


@pytest.fixture(scope="session")
def small(mnist) -> Data:
    """600 digits to train on and 500 each to validate and to test, in float64."""
    part = mnist.first(600)
    few = {name: type(part.train)(getattr(part, name).x[:500], getattr(part, name).y[:500]) for name in SPLITS}
    return Data("a part of MNIST", "none", part.train, few["validation"], few["test"]).to(torch.float64)


@pytest.fixture(scope="session")
def tiny(small) -> Data:
    """200 digits to train on, 100 each to validate and to test: for what is compared, not for what must learn."""
    cut = {name: type(small.train)(getattr(small, name).x[:100], getattr(small, name).y[:100]) for name in SPLITS}
    return replace(small.first(200), **cut)
