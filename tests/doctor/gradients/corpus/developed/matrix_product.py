"""A B, also for stacks of matrices."""

from functools import partial

import torch

from ..case import Case
from ..draw import drawn, normal

case = partial(Case, "matrix product")


def product(A, B):
    return A @ B


def transposed_dB(dy, A, B):
    """(A^T dy)^T."""
    return dy @ B.mT, dy.mT @ A


def untransposed_dA(dy, A, B):
    """B in place of its transpose; all matrices are square."""
    return dy @ B, A.mT @ dy


def wrong_order(dy, A, B):
    """Matrices do not commute: B^T dy for dy B^T."""
    return B.mT @ dy, A.mT @ dy


def shared_not_summed(dy, A, B):
    """One B serves the whole stack, so its gradient is the sum over the stack."""
    return dy @ B.mT, A.mT @ dy


def outer(a, b):
    return a[:, None] * b[None, :]


def outer_backward_exchanged(dy, a, b):
    """Each vector's gradient is summed over its own axis instead of the other's."""
    return b @ dy, dy @ a


def by_einsum(dy, A, B):
    return torch.einsum("...mn,...kn->...mk", dy, B), torch.einsum("...mk,...mn->...kn", A, dy)


def shared(dy, A, B):
    return dy @ B.mT, torch.tensordot(A, dy, dims=([0, 1], [0, 1]))


def one_by_one(dy, A, B):
    dA, dB = torch.zeros_like(A), torch.zeros_like(B)
    for i in range(A.shape[0]):
        for k in range(A.shape[1]):
            dA[i, k] = dy[i] @ B[k]
            dB[k] += A[i, k] * dy[i]
    return dA, dB


CASES = [
    case(
        *("product's second gradient is transposed", product, transposed_dB, drawn((5, 3), (3, 4))),
        **dict(cause="transposed", gradients=("dB",)),
    ),
    case(
        *("product goes back through B untransposed", product, untransposed_dA, drawn((4, 4), (4, 4))),
        **dict(cause="transposed", gradients=("dA",), detail="B for its transpose"),
    ),
    case(
        *("product multiplies from the wrong side", product, wrong_order, drawn((4, 4), (4, 4))),
        **dict(cause="other", gradients=("dA",), detail="wrong order of factors", accepted=("transposed",)),
    ),
    case(
        *("product of a stack with one matrix is not summed", product, shared_not_summed, drawn((2, 5, 3), (3, 4))),
        **dict(cause="not summed after broadcasting", gradients=("dB",)),
    ),
    case(
        *("outer product sums over the wrong axes", outer, outer_backward_exchanged, drawn((4,), (4,))),
        **dict(cause="wrong axis", gradients=("da", "db"), accepted=("transposed",)),
    ),
    case("product of stacks by einsum", product, by_einsum, drawn((2, 5, 3), (2, 3, 4))),
    case("product of a stack with one matrix", product, shared, drawn((2, 5, 3), (3, 4))),
    case("product by loops, of huge numbers", product, one_by_one, lambda g: (1e4 * normal(g, 4, 3), normal(g, 3, 2))),
]
