"""Pixels that are dark in a whole batch need no multiplications: they add nothing to a sum, and their weights stay.

Shapes: x (N, I), order (I,), width (N,), W (M, I, O).
The pixels are sorted, those that light up in the most images first. All that a batch shows then lies in its first
pixels, a view that costs nothing: for 64 digits of MNIST 78 % of them.
"""

from typing import NamedTuple
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from ..images.data_set import Split
from ..manual.backprop import Params

SAVES = 0.95  # of the pixels: where an image needs more of them on average, sorting would save next to nothing
PAYS = 10  # model-epochs in which sorting, .4 s for MNIST, saves what it costs
AT_ONCE = 500  # images looked at while they are in the processor's cache: measured twice as fast as all at once


class Lit(NamedTuple):
    """x: the images, sorted; order: pixel k of x is pixel order[k] of an image; width (N,): of each image, how
    many of the sorted pixels hold all that is lit.
    """

    x: Tensor
    order: Tensor
    width: Tensor


known: WeakKeyDictionary[Split, tuple[int, Lit | None]] = WeakKeyDictionary()  # sorted once, forgotten with the split


def lit_first(split: Split) -> Lit | None:
    """The split's images, the pixels that are lit most often first; None where few are ever dark."""
    version = split.x._version  # another one after a change in place
    if split not in known or known[split][0] != version:
        known[split] = version, sorted_by_light(split.x)
    return known[split][1]


def sorted_by_light(x: Tensor) -> Lit | None:
    """`lit_first` of the images."""
    chunks = x.split(AT_ONCE)
    order = sum((chunk != 0).float().sum(0) for chunk in chunks).argsort(descending=True, stable=True)
    place = 1 + order.argsort().float()
    width = torch.cat([torch.where(chunk != 0, place, 1).amax(1) for chunk in chunks]).long()
    if width.double().mean() > SAVES * len(order):
        return None
    return Lit(x.index_select(1, order), order, width)


def sorted_weights(params: Params, lit: Lit | None) -> Params:
    """The parameters of a network whose first layer gets the pixels sorted."""
    return params if lit is None else with_rows(params, lit.order)


def weights_of_images(params: Params, lit: Lit | None) -> Params:
    """The same parameters for pixels as they lie in an image."""
    return params if lit is None else with_rows(params, lit.order.argsort())


def with_rows(params: Params, rows: Tensor) -> Params:
    """The parameters with these rows of the first layer's weights."""
    (W, *b), *rest = params
    return [(W.index_select(-2, rows), *b), *rest]
