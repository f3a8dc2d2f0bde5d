"""One hand-written gradient as a learner or an engineer writes it, and what is true about it.

The backward comes in one of three conventions:

    plain       forward(*inputs) -> y                   backward(dy, *inputs) -> a gradient, or a tuple of them
    of a rule   forward(*inputs) -> (y, saved)          backward(dy, *saved) -> (dx, ...)
    Function    forward(*inputs) -> y                   a torch.autograd.Function in place of the backward

Inputs that have a gradient, the floating-point ones, come first and each of them counts: a gradient that is not
returned is missing. Class numbers, masks and other integers come last and have none. A gradient is named after the
forward's own argument: "dW" is the gradient by W.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Generator, Tensor

CAUSES = {
    "transposed": "the gradient, or the matrix that it is made with, has its axes exchanged",
    "not summed after broadcasting": "an input was used several times, and the gradients of its uses are not added",
    "wrong axis": "a sum, a mean or a broadcast goes along another axis than the right one",
    "sign": "the gradient has the opposite sign",
    "factor": "the gradient is a constant times the right one; detail: given / right",
    "zero": "the gradient is zero where the right one is not",
    "mask": "a choice between branches is taken from the wrong side or tensor, or is missing, or is drawn anew",
    "missing term": "one of the terms that are added is left out; detail: which",
    "diagonal only": "of a Jacobian that is a full matrix only the diagonal is used",
    "stale": "the gradient belongs to an earlier call, or sums over the calls",
    "in place": "an input or the upstream gradient is changed by the call",
    "precision": "a constant or a cast with fewer digits than the inputs have",
    "detached": "the forward is right in value and has a graph, but autograd cannot go through all of it",
    "forward differs": "the forward is not the function that it should be, `like`",
    "missing factor": "a factor that is not a constant is left out; detail: which",
    "wrong shape": "the gradient has another shape than its input, for another reason than those above",
    "missing gradient": "None is returned, or fewer gradients than there are inputs",
    "non-finite": "NaN or inf where the right gradient is a number",
    "other": "none of the above; detail: what",
}


@dataclass(frozen=True)
class Case:
    """A gradient written by hand.

    inputs: `inputs(generator)` draws them, float64 unless the case is about float32, others for each seed.
    like: the function that the forward should be, where the forward alone is not the reference.
    forget: puts back what the functions remember from earlier calls, as a fresh process would.
    cause: one of CAUSES, or "" where the gradient is right. accepted: causes that are as good a first line.
    gradients: those that are wrong; none where the gradients are right and the fault lies elsewhere.
    where: "" everywhere, else the entries that are wrong, in words.
    detail: the factor, the term or the tensor, in words.
    """

    rule: str
    name: str
    forward: Callable[..., Any]
    backward: Any
    inputs: Callable[[Generator], tuple[Tensor, ...]]
    cause: str = ""
    gradients: tuple[str, ...] = ()
    where: str = ""
    detail: str = ""
    accepted: tuple[str, ...] = ()
    like: Callable[..., Tensor] | None = None
    forget: Callable[[], object] | None = None

    @property
    def right(self) -> bool:
        return not self.cause
