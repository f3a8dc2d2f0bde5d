"""How far one gets without training: rules, nearest neighbours, and the loop rule with the cut-off that suits it best.

Shapes: answers (N,) classes; rows of the training split (n,).
"""

from torch import Tensor

from ...images.classic.cutoff import Pair, best, errors, failures, wrong_side
from ...images.classic.heuristics import answers
from ...images.classic.neighbours import neighbours
from ...images.data_set import Data
from ...training.batches import chosen
from .first_layer_pictures import plain


def share_right(answer: Tensor, data: Data) -> float:
    """Of the test images."""
    return float((answer == data.test.y).double().mean())


def rules(data: Data) -> float:
    """The share of test images that the rules get right."""
    return share_right(answers(data.test.x), data)


def nearest(data: Data, seeds: list[int], sizes: list[int]) -> dict[tuple[int, int], float]:
    """By seed and size, the share right that the nearest of a seed's own examples reach.

    All training examples are the same for every seed, so they are asked once.
    """
    N = len(data.train)
    known = {(seed, n): chosen(seed, n, N) for seed in seeds for n in sizes if n < N or seed == seeds[0]}
    right = {
        key: share_right(answer, data)
        for key, answer in neighbours(data.test.x, data.train.x, data.train.y, known).items()
    }
    return {(seed, n): right[seed if n < N else seeds[0], n] for n in sizes for seed in seeds}


def cut_off(mine: Pair, test: Pair) -> dict[str, float]:
    """The best cut-off on some zeros and sixes; what is on its wrong side of those and of the test digits, percent."""
    cut, wrong = best(mine)
    on_test = float(wrong_side(cut, test).double().mean())
    return {"cut-off": cut, "wrong": 100 * wrong, "wrong on test": 100 * on_test}


def sweep(cut: float, mine: Pair, test: Pair, count: int) -> dict[str, list]:
    """What each cut-off gets wrong, in percent; and so many zeros and sixes of the test digits that this one does."""
    wrong = {name: plain(failures(cut, test, zeros, count)) for name, zeros in (("zeros", True), ("sixes", False))}
    return {name: (100 * share).tolist() for name, share in errors(mine).items()} | wrong
