"""What a stack's models are shown: each seed's own examples and order, each model's own labels.

Shapes: rows (S, n) of the training split, with S = 1 where all models have one seed; labels (M, n) or (1, n); a batch
x (M, B, I) and y (M, B). With sorted pixels (see dark_pixels.py) a batch has but the first of them, those it needs.
"""

from collections.abc import Iterator
from itertools import repeat
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import pad

from ..images.data_set import CLASSES, SIDE, Split
from .budget import batch_sizes, joins
from .dark_pixels import Lit
from .seeding import generator, order
from .stacks import Model

AHEAD = 1024  # examples fetched at once where batches are smaller: measured 1.6 times as fast as 64 at a time


class Feed(NamedTuple):
    """rows and labels as above; seeds: one per row of `rows`; M models; shift in pixels; lit: the pixels sorted.

    joined: does a last batch of one example join the one before?
    """

    split: Split
    seeds: list[int]
    rows: Tensor
    labels: Tensor
    M: int
    batch_size: int
    shift: int
    joined: bool = False
    lit: Lit | None = None

    def of_model(self, m: int) -> Split:
        """The training examples of model m, with the labels it is given."""
        rows, labels = self.rows[m % len(self.rows)], self.labels[m % len(self.labels)]
        all_true = self.whole() and torch.equal(labels, self.split.y)
        return self.split if all_true else Split(self.split.x[rows], labels)

    def may_sort(self) -> bool:
        """Can the pixels come sorted? Not where images move, and where models of several seeds need them nearly all."""
        return len(self.seeds) == 1 and not self.shift

    def sizes(self) -> list[int]:
        """How many examples each of an epoch's batches has."""
        return batch_sizes(self.rows.shape[1], self.batch_size, self.joined)

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
    return Feed(split, own, rows, labels, len(models), setting.batch_size, setting.shift, joins(setting))


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
    """The epoch's batches; the last may be smaller, or B + 1: see `budget.batch_sizes`."""
    n, B = fed.rows.shape[1], fed.batch_size
    orders = {seed: order(seed, epoch, n) for seed in fed.seeds}
    places = torch.stack([orders[seed] for seed in fed.seeds]).to(fed.rows.device)  # (S, n)
    rows = places if fed.whole() else fed.rows.gather(1, places)
    y = fed.labels.gather(1, places.expand(len(fed.labels), n)).expand(fed.M, n)
    ahead = B * max(1, AHEAD // (B * len(rows)))
    widths = needed(fed.lit, rows, B) if fed.lit else None
    chunks = batch_sizes(n, ahead, fed.joined)
    for x, labels in zip(fetched(fed, rows, epoch, chunks), y.split(chunks, dim=1), strict=True):
        sizes = batch_sizes(labels.shape[1], B, fed.joined)
        for x_of_batch, y_of_batch in zip(x.split(sizes, dim=1), labels.split(sizes, dim=1), strict=True):
            yield x_of_batch if widths is None else x_of_batch[..., : next(widths)], y_of_batch


def fetched(fed: Feed, rows: Tensor, epoch: int, chunks: list[int]) -> Iterator[Tensor]:
    """The images (M, chunk, I) in these rows, so many at a time.

    Models that all have one seed share them: they are read once and expanded without a copy.
    """
    pixels = fed.lit.x if fed.lit else fed.split.x
    moves = shifts(fed, epoch).split(chunks, dim=1) if fed.shift else repeat(None)
    for now, move in zip(rows.split(chunks, dim=1), moves, strict=False):
        x = pixels.index_select(0, now.flatten()).view(len(rows), -1, pixels.shape[1])  # twice as fast as []
        x = x if move is None else moved(x, move, fed.shift)
        yield x.expand(fed.M, *x.shape[1:])


def needed(lit: Lit, rows: Tensor, B: int) -> Iterator[int]:
    """How many of the sorted pixels each batch of the epoch needs; rows (1, n)."""
    widths = lit.width[rows[0]]
    return iter(pad(widths, (0, -len(widths) % B)).view(-1, B).amax(1).tolist())


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
