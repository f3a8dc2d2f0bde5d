"""Suspicions about a gradient as a whole, from its values, its shape and the derivative matrix J of the forward.

Shapes: dx and its truth as x; J (Y, X), a row per entry of y.
"""

from functools import partial
from itertools import permutations

from torch import Tensor

from .evidence import Exam
from .trouble import Suspicion, Trouble, equal


def zero(trouble: Trouble) -> Suspicion | None:
    if all(e.ours[trouble.i].shape == e.truth[trouble.i].shape and not e.ours[trouble.i].any() for e in trouble.clear):
        return Suspicion("zero", "", "", "nothing flows back: return the gradient, not its initial zeros")
    return None


def transposed(trouble: Trouble) -> Suspicion | None:
    """The truth with its axes in another order; or, for a square matrix, J where its transpose belongs."""
    i = trouble.i
    dims = trouble.exams[0].truth[i].ndim
    for order in permutations(range(dims)) if 2 <= dims <= 4 else ():
        if order != tuple(range(dims)) and trouble.meets(partial(permuted, i=i, order=order)):
            return Suspicion("transposed", "", "", "exchange its axes, .mT, or the order of the product")
    if trouble.meets(lambda e: through_transpose(e, i)):
        return Suspicion("transposed", "the matrix inside", "", "dx = dy W^T for y = x W: which factor carries .mT?")
    return products(trouble)


def permuted(exam: Exam, i: int, order: tuple[int, ...]) -> Tensor:
    return exam.truth[i].permute(order)


def through_transpose(exam: Exam, i: int) -> Tensor | None:
    J = exam.J(i)
    if J is None or J.shape[0] != J.shape[1]:
        return None
    return (J @ exam.dy.reshape(-1)).view(exam.truth[i].shape)


def products(trouble: Trouble) -> Suspicion | None:
    """A product of two of the matrices and vectors at hand, one of them with its axes in the wrong order."""
    i, exam = trouble.i, trouble.clear[0]
    count = len(matrices(exam))
    for a in range(count):
        for b in range(count):

            def multiplied(e: Exam, a: int = a, b: int = b) -> Tensor | None:
                A, B = matrices(e)[a], matrices(e)[b]
                return multiply(A, B)

            def turned(e: Exam, a: int = a, b: int = b) -> list[Tensor]:
                A, B = matrices(e)[a], matrices(e)[b]
                At, Bt = turn(A), turn(B)
                pairs = [(At, B), (A, Bt), (At, Bt), (B, A), (Bt, A), (B, At)]
                return [found for P, Q in pairs if (found := multiply(P, Q)) is not None]

            if trouble.meets(multiplied) and any(equal(t, e.truth[i]) for e in trouble.clear[:1] for t in turned(e)):
                return Suspicion("transposed", "a factor of the product", "", "which factor carries .mT?")
    return None


def matrices(exam: Exam) -> list[Tensor]:
    """All matrices at hand, each as it is and transposed."""
    found = [exam.dy, *exam.probe.inputs, exam.y]
    flat = [x for x in found if isinstance(x, Tensor) and x.is_floating_point() and x.ndim >= 1]
    return [m for x in flat for m in ((x, x.mT) if x.ndim > 1 else (x,))]


def turn(A: Tensor) -> Tensor:
    return A.mT if A.ndim > 1 else A


def multiply(A: Tensor, B: Tensor) -> Tensor | None:
    """A B for two matrices, or a matrix and a vector; None where they do not fit."""
    if (A.ndim == 1 and B.ndim == 1) or A.shape[-1] != B.shape[max(0, B.ndim - 2)]:
        return None
    fits = A.ndim == 1 or B.ndim == 1 or A.shape[:-2] == B.shape[:-2]
    return A @ B if fits else None


def diagonal_only(trouble: Trouble) -> Suspicion | None:
    """dx_k = dy_k J_kk, where J has entries off its diagonal."""

    def diagonal(e: Exam) -> Tensor | None:
        J = e.J(trouble.i)
        if J is None or J.shape[0] != J.shape[1]:
            return None
        return (J.diagonal() * e.dy.reshape(-1)).view(e.truth[trouble.i].shape)

    if trouble.meets(diagonal):
        return Suspicion("diagonal only", "", "", "each output depends on several inputs: sum over all of them")
    return None


def stale(trouble: Trouble) -> Suspicion | None:
    """The derivative at the inputs of an earlier exam."""
    i = trouble.i
    for early in trouble.before:

        def there(e: Exam, early: Exam = early) -> Tensor | None:
            J = early.J(i)
            if J is None or e is early or early.y.shape != e.y.shape or early.truth[i].shape != e.truth[i].shape:
                return None
            return (J.T @ e.dy.reshape(-1)).view(e.truth[i].shape)

        later = [e for e in trouble.clear if e.y.shape == early.y.shape and e is not early]
        if later and all(trouble.met(e, there) for e in later):
            return Suspicion("stale", "the values of an earlier call", "", "save anew in each forward; no cache")
    return None


def without_slope(trouble: Trouble) -> Suspicion | None:
    """The local slope taken for 1 wherever it is not 0: dy is handed on as it is."""

    def handed_on(e: Exam) -> Tensor | None:
        J = e.J(trouble.i)
        return None if J is None else ((J != 0).to(J.dtype).T @ e.dy.reshape(-1)).view(e.truth[trouble.i].shape)

    if trouble.meets(handed_on):
        return Suspicion("missing factor", "the local slope", "", "multiply dy by the derivative of the forward")
    return None


def without_dy(trouble: Trouble) -> Suspicion | None:
    """The upstream gradient taken for ones."""

    def ones(e: Exam) -> Tensor | None:
        J = e.J(trouble.i)
        return None if J is None else J.sum(0).view(e.truth[trouble.i].shape)

    if trouble.meets(ones):
        return Suspicion("missing factor", "dy", "", "multiply by the upstream gradient dy: the chain rule")
    return None
