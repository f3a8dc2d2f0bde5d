"""The contestants: one network, 784-128-10, ReLU, cross-entropy, plain SGD, trained in seven ways.

Shapes: x (N, 784), y (N,). A recipe is prepared once for a batch size and then run; running it trains M models on n
images. None of them evaluates anything.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import nn
from torch.func import functional_call, grad, stack_module_state, vmap

from ..images.data_set import Split
from ..images.torchvision_mnist import torchvision_mnist
from ..training.setting import Setting
from ..training.stacks import Model
from ..training.train import first, one_epoch

I, H, O = 784, 128, 10
LR = 0.1
FLOP = 2 * (2 * I * H + 3 * H * O)  # an image: forward and weights' gradient, and for the second layer its input's


class Recipe(NamedTuple):
    """models: how many are trained at once. prepare(split, B) -> run, and run() trains on the split once."""

    name: str
    models: int
    prepare: Callable[[Split, int], Callable[[], object]]


def network() -> nn.Sequential:
    return nn.Sequential(nn.Linear(I, H), nn.ReLU(), nn.Linear(H, O))


def usual(split: Split, B: int) -> Callable[[], object]:
    """torchvision's MNIST with its transform, through a DataLoader, into nn, autograd and optim."""
    images = torch.utils.data.Subset(torchvision_mnist(), range(len(split)))
    loader = torch.utils.data.DataLoader(images, batch_size=B, shuffle=True)
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=LR)

    def run() -> None:
        for x, y in loader:
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x.flatten(1)), y).backward()
            optimizer.step()

    return run


def in_memory(split: Split, B: int) -> Callable[[], object]:
    """The same with the images as tensors already."""
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=LR)

    def run() -> None:
        for rows in torch.randperm(len(split)).split(B):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(split.x[rows]), split.y[rows]).backward()
            optimizer.step()

    return run


def scikit_learn(split: Split, B: int) -> Callable[[], object]:
    """scikit-learn's MLPClassifier, one pass. Raises ImportError where it is not installed."""
    from sklearn.neural_network import MLPClassifier

    x, y = split.x.numpy(), split.y.numpy()
    constants = {"solver": "sgd", "momentum": 0.0, "alpha": 0.0, "learning_rate_init": LR}
    model = MLPClassifier((H,), batch_size=B, **constants)
    return lambda: model.partial_fit(x, y, classes=range(O))


def by_hand(models: int) -> Callable[[Split, int], Callable[[], object]]:
    """Our own training, `models` at once, with a learning rate each."""

    def prepare(split: Split, B: int) -> Callable[[], object]:
        from ..images.data_set import Data

        arms = [Model(str(m), Setting(hidden=(H,), batch_size=B, lr=LR * (m + 1) / models), 0) for m in range(models)]
        plan, stack = first(arms, Data("bench", "", split, split, split), "manual")

        return lambda: one_epoch(plan, stack, 0, [])

    return prepare


def vectorized(models: int) -> Callable[[Split, int], Callable[[], object]]:
    """The same stack by torch.func: vmap over the models of grad of the loss."""

    def prepare(split: Split, B: int) -> Callable[[], object]:
        skeleton = network().to("meta")
        params, _ = stack_module_state([network() for _ in range(models)])
        lr = torch.linspace(LR / models, LR, models)

        def loss(params, x, y):
            return nn.functional.cross_entropy(functional_call(skeleton, params, (x,)), y)

        gradients = vmap(grad(loss), in_dims=(0, None, None))

        def run() -> None:
            now = {name: p.detach() for name, p in params.items()}
            for rows in torch.randperm(len(split)).split(B):
                found = gradients(now, split.x[rows], split.y[rows])
                now = {name: p - lr.view(-1, *[1] * (p.ndim - 1)) * found[name] for name, p in now.items()}

        return run

    return prepare


RECIPES = [
    Recipe("DataLoader, transforms, nn, autograd, optim", 1, usual),
    Recipe("tensors in memory, nn, autograd, optim", 1, in_memory),
    Recipe("scikit-learn's MLPClassifier", 1, scikit_learn),
    *[Recipe(f"by hand, {m} at once" if m > 1 else "by hand, one model", m, by_hand(m)) for m in (1, 4, 8, 16, 64)],
    Recipe("torch.func.vmap, 16 at once", 16, vectorized(16)),
]
