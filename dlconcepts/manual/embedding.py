"""Embedding: a learned row of numbers for each word of a vocabulary.

Shapes: E (..., V, D), one row for each of V words; y (..., any) word numbers, e (..., any, D) their rows.
It is the product of a one-hot row with E, without the multiplication by zeros.
Source: Y. Bengio, R. Ducharme, P. Vincent, C. Jauvin, 2003, "A neural probabilistic language model",
https://www.jmlr.org/papers/v3/bengio03a.html
"""

from torch import Tensor

from .inputs import need_floating, need_same_shape
from .precision import rounded_once
from .targets import need_classes


def embedding(E: Tensor, y: Tensor) -> tuple[Tensor, tuple[Tensor, int]]:
    """e = E[y]: the rows of E that y names.

    Raises ValueError for a word that is not among the V, and where E and y differ in models.
    """
    need_floating(E)
    if E.ndim < 2:
        raise ValueError(f"expected a table E (..., V, D), got {tuple(E.shape)}")
    models = E.shape[:-2]
    need_same_shape(E_models=models, y_models=y.shape[: len(models)])
    need_classes(y, E.shape[-2])
    words = y.reshape(*models, y.shape[len(models) :].numel(), 1)
    rows = E.gather(-2, words.expand(*words.shape[:-1], E.shape[-1]))  # (..., n, D)
    return rows.view(*y.shape, E.shape[-1]), (words, E.shape[-2])


@rounded_once
def embedding_backward(de: Tensor, words: Tensor, V: int) -> tuple[Tensor]:
    """dE = the sum, row by row, of the gradients of all places where the word stands; 0 where it stands nowhere.

    words (..., n, 1) are the word numbers one below the other.
    """
    D = de.shape[-1]
    rows = de.reshape(*words.shape[:-1], D)
    return (de.new_zeros(*words.shape[:-2], V, D).scatter_add(-2, words.expand(rows.shape), rows),)
