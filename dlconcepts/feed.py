"""What a stack's models are shown: each seed's own examples and order, each model's own labels.

Shapes: rows (S, n) of the training split, with S = 1 where all models have one seed; labels (M, n) or (1, n); a batch
x (M, B, I) and y (M, B).
"""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import pad

from .data import CLASSES, SIDE, Split
from .seeding import generator, order
from .stacks import Model


class Feed(NamedTuple):
    """rows and labels as above; seeds: one per row of `rows`; M models; shift in pixels."""

    split: Split
    seeds: list[int]
    rows: Tensor
    labels: Tensor
    M: int
    batch_size: int
    shift: int

    def of_model(self, m: int) -> Split:
        """The training examples of model m, with the labels it is given."""
        rows, labels = self.rows[m % len(self.rows)], self.labels[m % len(self.labels)]
        return self.split if self.whole() and labels is self.split.y else Split(self.split.x[rows], labels)

    def whole(self) -> bool:
        """Does every model see all examples?"""
        return self.rows.shape[1] == len(self.split)


def feed(split: Split, models: list[Model]) -> Feed:
    """What these models, who agree in code, are shown of the training split."""
    setting, seeds = models[0].setting, [model.seed for model in models]
    own = [seeds[0]] if len(set(seeds)) == 1 else seeds
    rows = torch.stack([chosen(seed, setting.examples, len(split)) for seed in own]).to(split.y.device)
    labels = split.y[rows]
    if any(model.setting.label_noise for model in models):
        true = labels.expand(len(models), -1)
        noisy = [exchanged(y, m.setting.label_noise, m.seed) for y, m in zip(true.cpu(), models, strict=True)]
        labels = torch.stack(noisy).to(labels)
    return Feed(split, own, rows, labels, len(models), setting.batch_size, setting.shift)


def chosen(seed: int, examples: int, N: int) -> Tensor:
    """The rows of a seed's training examples: all N in their order, or so many of them at random."""
    if not 0 < examples < N:
        return torch.arange(N)
    return torch.randperm(N, generator=generator(seed, "examples", 0))[:examples]


def exchanged(y: Tensor, share: float, seed: int) -> Tensor:
    """The labels (n,), this share of them replaced by one of the other classes.

    A larger share exchanges the same labels and more, so arms of a seed differ in the share alone.
    """
    random = generator(seed, "label noise", 0)
    first = torch.randperm(len(y), generator=random)[: round(share * len(y))]
    other = torch.randint(1, CLASSES, (len(y),), generator=random)
    return y.index_copy(0, first, (y[first] + other[first]) % CLASSES)


def batches(fed: Feed, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
    """The epoch's ceil(n / B) batches; the last may be smaller.

    Models that all have one seed share each batch: it is read once and expanded without a copy.
    """
    M, n, split = fed.M, fed.rows.shape[1], fed.split
    orders = {seed: order(seed, epoch, n) for seed in fed.seeds}
    places = torch.stack([orders[seed] for seed in fed.seeds]).to(split.y.device)  # (S, n)
    rows = places if fed.whole() else fed.rows.gather(1, places)
    y = fed.labels.gather(1, places.expand(len(fed.labels), n)).expand(M, n)
    moves = shifts(fed, epoch) if fed.shift else None
    for first in range(0, n, fed.batch_size):
        now = slice(first, first + fed.batch_size)
        x = split.x.index_select(0, rows[:, now].flatten()).view(len(rows), -1, split.x.shape[1])  # twice as fast as []
        x = x if moves is None else moved(x, moves[:, now], fed.shift)
        yield x.expand(M, *x.shape[1:]), y[:, now]


def shifts(fed: Feed, epoch: int) -> Tensor:
    """How far down and right each image of the epoch is moved, from 0 to 2 shift, (S, n, 2)."""
    shape, device = (fed.rows.shape[1], 2), fed.rows.device
    drawn = {s: torch.randint(0, 2 * fed.shift + 1, shape, generator=generator(s, "shift", epoch)) for s in fed.seeds}
    return torch.stack([drawn[seed] for seed in fed.seeds]).to(device)


def moved(x: Tensor, moves: Tensor, shift: int) -> Tensor:
    """Images (S, B, 784) cut out of a frame that is `shift` wider on each side, as dark as each image's background."""
    dark = x.amin(-1, keepdim=True)
    framed = pad((x - dark).unflatten(-1, (SIDE, SIDE)), [shift] * 4)
    i = torch.arange(SIDE, device=x.device)
    down, right = ((2 * shift - moves[..., k, None]) + i for k in (0, 1))  # (S, B, 28) each
    width = SIDE + 2 * shift
    places = (down[..., :, None] * width + right[..., None, :]).flatten(-2)  # (S, B, 784)
    return framed.flatten(-2).gather(-1, places) + dark
