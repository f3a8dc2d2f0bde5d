"""A network small enough to read every number of: four inputs, hidden layers of 4, 5, 6, 4 and 3 units, three outputs.

Shapes: images (N, 784), x (N, 4), y (N,), a parameter of a stack of M models (M, ...).
Its inputs are the mean brightness of an image's four quarters, each standardized on the training digits; its outputs
are for the digits 0, 1 and 6, which of all three digits the four numbers tell apart best on validation digits.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn

from ...images.data_set import SIDE, Data, Split
from ...manual.backprop import Params, forward
from ...manual.network import Layer, stack
from ...manual.scaling import standard, standard_fit
from ...rules.verify import error
from ...training.fully_connected import mlp
from ...training.gradients import Gradients, manual
from ...training.seeding import start
from ...training.setting import Setting
from .every_number import handed_on, rows, values_and_slopes, weight_slopes
from .plain_descent import by_hand

WIDTHS = (4, 4, 5, 6, 4, 3, 3)
DIGITS = (0, 1, 6)
INITIAL = "xavier normal"
TRAINED = Setting(lr=0.1, batch_size=64, steps=2000)


def quarters(images: Tensor) -> Tensor:
    """The mean brightness (N, 4) of each image's quarters: upper left, upper right, lower left, lower right."""
    return images.unflatten(-1, (2, SIDE // 2, 2, SIDE // 2)).mean((-3, -1)).flatten(-2)


def of_digits(split: Split) -> Split:
    """The images of the three digits alone, their labels 0, 1 and 2 in the order of DIGITS.

    Raises ValueError where one of them is missing.
    """
    among = split.y[:, None] == torch.tensor(DIGITS, device=split.y.device)  # (N, 3)
    if missing := [digit for digit, there in zip(DIGITS, among.any(0), strict=True) if not there]:
        raise ValueError(
            f"expected images of {', '.join(map(str, DIGITS))} in each split, found no {missing[0]}; add some"
        )
    rows = among.any(-1)
    return Split(split.x[rows], among[rows].long().argmax(-1))


def four_numbers(data: Data) -> dict[str, Split]:
    """The training, validation and test digits as the small network gets them, in float64."""
    parts = {name: of_digits(getattr(data, name)) for name in ("train", "validation", "test")}
    fit = standard_fit(quarters(parts["train"].x.double()))
    return {name: Split(standard(quarters(part.x.double()), fit), part.y) for name, part in parts.items()}


def layers(widths: tuple[int, ...] = WIDTHS) -> list[Layer]:
    """The network with its loss: fully connected layers, tanh between them, cross-entropy."""
    return mlp(list(widths), "tanh", "cross-entropy")


def first_weights(network: list[Layer], seeds: list[int], like: Tensor) -> Params:
    """The seeds' first weights as one stack."""
    return stack([start(network, seed, like, INITIAL) for seed in seeds])


def train_small(
    network: list[Layer], seeds: list[int], split: Split, source: Gradients = manual, setting: Setting = TRAINED
) -> tuple[Params, Tensor]:
    """The stack of trained networks, one per seed, and the loss of each before each step (steps, M)."""
    return by_hand(network, first_weights(network, seeds, split.x), split, seeds, setting, source)


def parameters_expected(widths: tuple[int, ...] = WIDTHS) -> tuple[int, int]:
    """(weights, biases): a weight for each pair of units in neighbouring layers, a bias for each unit but inputs."""
    return sum(I * O for I, O in pairwise(widths)), sum(widths[1:])


def as_in_torch(network: list[Layer], params: Params, split: Split) -> float:
    """How far outputs, loss and gradients are from those of a torch.nn model with these weights, in float64."""
    linear = [layer for layer in params if layer]
    parts: list[nn.Module] = []
    for W, b in linear:
        part = nn.Linear(W.shape[0], W.shape[1], dtype=W.dtype)
        part.load_state_dict({"weight": W.mT, "bias": b})
        parts += [part, nn.Tanh()]
    model = nn.Sequential(*parts[:-1])
    z = model(split.x)
    expected = nn.functional.cross_entropy(z, split.y)
    loss, found, _ = manual(network, params, split.x, split.y)
    ours = [forward(network[:-1], params, split.x)[0], loss, *(dp for layer in found for dp in layer)]
    slopes = [dp.mT if dp.ndim > 1 else dp for dp in torch.autograd.grad(expected, list(model.parameters()))]
    return max(error(a, b.detach()) for a, b in zip(ours, [z, expected, *slopes], strict=True))


def first_wrong(network: list[Layer], params: Params, split: Split) -> int:
    """The first example that the network gets wrong, where there is something to learn; the first of all if none."""
    z, _ = forward(network[:-1], params, split.x)
    wrong = z.argmax(-1) != split.y
    return int(wrong.nonzero()[0]) if wrong.any() else 0


def shown_pass(data: Data, network: list[Layer], params: Params) -> dict:
    """All numbers of one pass, forward and back, of a training digit that is answered wrongly; and its image."""
    split = four_numbers(data)["train"]
    i = first_wrong(network, params, split)
    x, y = split.x[i : i + 1], split.y[i : i + 1]
    values, slopes = values_and_slopes(network, params, x, y)
    found = weight_slopes(network, params, values, slopes)
    return {
        "image": rows([of_digits(data.train).x[i].unflatten(-1, (SIDE, SIDE))], 3)[0],
        "digit": DIGITS[int(y)],
        "digits": list(DIGITS),
        "probabilities": rows([values[-2].softmax(-1)[0]])[0],
        "loss": float(values[-1]),
        "values": rows([value[0] for value in handed_on(values, params)]),
        "slopes": rows([slope[0] for slope in handed_on(slopes, params)]),
        "weights": rows([layer[0] for layer in params if layer]),
        "biases": rows([layer[1] for layer in params if layer]),
        "weight slopes": rows([dW for dW, _ in found]),
    }
