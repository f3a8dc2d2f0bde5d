"""One change in the reader's own forward whose gradient is the reader's backward.

Shapes: as the forward's.
A backward is often right for another forward: without the eps, the scale or the clamp that was added later. So one
expression of the forward after the other is left out or turned, and torch differentiates what remains.
"""

import ast
import inspect
from collections.abc import Callable
from typing import Any

from torch import Tensor

from .evidence import Exam
from .rewriting import changes
from .trouble import Suspicion, Trouble, close
from .truth import by_autograd

LIMIT = 150  # changes of a long forward that are tried
MEANS = ("sign", "missing term", "missing factor", "wrong axis")  # what a change of a forward may mean


def one_change(trouble: Trouble) -> Suspicion | None:
    """The likeliest change of the forward whose gradient is the reader's."""
    function = trouble.forward
    if function is None:
        return None
    try:
        found = changes(function, trouble.names)[:LIMIT]
    except (OSError, TypeError, SyntaxError, IndexError):  # no source: typed at a prompt, or built in
        return None
    exams = sorted(trouble.clear, key=lambda e: e.y.numel())[:3]
    for change in found:
        if change.cause in MEANS and all(gives(e, trouble.i, function, change) for e in exams):
            words = f"this is the gradient of a forward without {change.words}"
            return Suspicion(change.cause, words, "", "forward and backward must be of one function")
    return None


def gives(exam: Exam, i: int, function: Callable, change: Any) -> bool:
    plain: Any = inspect.unwrap(function)
    space = {**plain.__globals__, **inspect.getclosurevars(plain).nonlocals}
    try:
        exec(compile(ast.Module([change.tree], []), "<changed>", "exec"), space)
        changed = space[change.function]
        found = by_autograd(lambda *x: first(changed(*x, **exam.probe.constants)), exam.probe.inputs, exam.dy)
        return found is not None and close(exam, i, found[i])
    except Exception:  # a change may make nonsense of any kind
        return False


def first(found: Any) -> Tensor:
    return found[0] if isinstance(found, tuple) else found
