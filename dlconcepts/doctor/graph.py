"""One change in torch's own backward that gives the reader's gradient: a path cut, a slope left out, a sign turned.

Shapes: as the tensors that flow along the graph.
autograd keeps the forward as a graph of operations. Here each operation's part of the backward is changed in turn; a
change that reproduces the reader's numbers on all inputs says which term or factor they lack, and on which line.
"""

import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import torch
from torch import Tensor

from .evidence import Exam
from .trouble import Suspicion, Trouble, close
from .truth import floating

Change = Callable[[Any, Tensor, Tensor], Tensor | None]  # (node, gradient in, gradient of its output) -> another


class Graph(NamedTuple):
    """The forward of one exam, kept for many backwards."""

    exam: Exam
    y: Tensor
    leaves: dict[int, Tensor]
    nodes: list


def graph(exam: Exam) -> Graph | None:
    """The exam's forward with its graph; each node remembers its line."""
    leaves = {i: x.detach().clone().requires_grad_() for i, x in enumerate(exam.probe.inputs) if floating(x)}
    inputs = [leaves.get(i, x) for i, x in enumerate(exam.probe.inputs)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with torch.autograd.set_detect_anomaly(True, check_nan=False), torch.enable_grad():
                y = exam.reference.at(exam.probe)(*inputs)
        except RuntimeError:
            return None
    if y.grad_fn is None:
        return None
    found, queue = [], [y.grad_fn]
    while queue:
        node = queue.pop(0)
        if node in found:
            continue
        found.append(node)
        queue += [n for n, _ in node.next_functions if n is not None]
    return Graph(exam, y, leaves, found)


def run(g: Graph, i: int, changes: Sequence[tuple[int, int, Change]]) -> Tensor | None:
    """The gradient by input i with the changes in force: (node, which of its inputs, change)."""
    handles = []
    for n, e, change in changes:
        node = g.nodes[n]

        def hook(grads, outs, e=e, change=change, node=node):
            if grads[e] is None or outs[0] is None:
                return None
            new = change(node, grads[e], outs[0])
            if new is None:
                raise NotHereError
            return (*grads[:e], fit(new, grads[e]), *grads[e + 1 :])

        handles.append(node.register_hook(hook))
    try:
        (found,) = torch.autograd.grad(g.y, [g.leaves[i]], g.exam.dy, retain_graph=True, allow_unused=True)
    except (NotHereError, RuntimeError, TypeError):
        return None
    finally:
        for handle in handles:
            handle.remove()
    return found


class NotHereError(Exception):
    """The change has no meaning for this operation."""


def fit(new: Tensor, old: Tensor) -> Tensor:
    """new with old's shape: expanded, or summed over what was broadcast."""
    if new.shape == old.shape:
        return new
    return new.sum_to_size(old.shape) if new.numel() > old.numel() else new.expand(old.shape).contiguous()


MASKS = re.compile("Where|Clamp|Relu|Threshold|Hardtanh|Maximum|Minimum|MaskedFill")


def cut(node: Any, gradient: Tensor, out: Tensor) -> Tensor:
    return torch.zeros_like(gradient)


def negate(node: Any, gradient: Tensor, out: Tensor) -> Tensor:
    return -gradient


def straight(node: Any, gradient: Tensor, out: Tensor) -> Tensor | None:
    return None if MASKS.match(node.name()) else out


def unmasked(node: Any, gradient: Tensor, out: Tensor) -> Tensor | None:
    return out if MASKS.match(node.name()) else None


def other_side(node: Any, gradient: Tensor, out: Tensor) -> Tensor | None:
    return fit(out, gradient) - gradient if MASKS.match(node.name()) and out.numel() >= gradient.numel() else None


def times(number: float) -> Change:
    return lambda node, gradient, out: number * gradient


def times_count(node: Any, gradient: Tensor, out: Tensor) -> Tensor | None:
    n = gradient.numel() / max(1, out.numel())
    return n * gradient if n > 1 else None


def over_count(node: Any, gradient: Tensor, out: Tensor) -> Tensor | None:
    n = gradient.numel() / max(1, out.numel())
    return gradient / n if n > 1 else None


def saved(node: Any) -> Iterator[tuple[str, Tensor]]:
    """What the operation remembers: its operands or its result."""
    for name in ("_saved_self", "_saved_other", "_saved_result", "_saved_mat2"):
        value = getattr(node, name, None)
        if isinstance(value, Tensor) and value.is_floating_point():
            yield name, value.detach()


def by_operand(k: int, power: int, of: Callable[[Tensor], Tensor]) -> Change:
    """The operation's k-th operand as a factor too many (power 1) or too few (-1)."""

    def change(node: Any, gradient: Tensor, out: Tensor) -> Tensor | None:
        kept = list(saved(node))
        if k >= len(kept):
            return None
        try:
            factor = of(kept[k][1]).expand(gradient.shape)
        except RuntimeError:
            return None
        return gradient * factor**power

    return change


def product_with(self_turned: bool, out_turned: bool) -> Change:
    """A matrix product's gradient with one of its two factors turned the wrong way: A, B from y = A B."""

    def change(node: Any, gradient: Tensor, out: Tensor) -> Tensor | None:
        A, B = getattr(node, "_saved_self", getattr(node, "_saved_mat1", None)), getattr(node, "_saved_mat2", None)
        dy = out.mT if out_turned else out
        for factors in (
            ((dy, B if self_turned else B.mT), (A if self_turned else A.mT, dy))
            if A is not None and B is not None
            else ()
        ):
            P, Q = factors
            if P.shape[-1] == Q.shape[-2] and (P @ Q).shape == gradient.shape and not torch.equal(P @ Q, gradient):
                right = dy_first(gradient, out, B)
                if right == (P is dy):
                    return P @ Q
        return None

    return change


def dy_first(gradient: Tensor, out: Tensor, B: Tensor) -> bool:
    """Is it the gradient of the left factor, dy B^T?"""
    left = out @ B.mT
    return left.shape == gradient.shape and torch.allclose(left, gradient)


def diagonal(node: Any, gradient: Tensor, out: Tensor) -> Tensor | None:
    """A softmax's own entries alone."""
    if not re.match("(Log)?Softmax", node.name()):
        return None
    result = node._saved_result
    return out * (1 - result.exp() if node.name().startswith("Log") else result * (1 - result))


class Kind(NamedTuple):
    """One way to change an operation's backward, and what it would mean."""

    cause: str
    change: Change
    words: str


KINDS = [
    Kind("missing term", cut, "the path through {line} is left out"),
    Kind("sign", negate, "the sign of the path through {line}"),
    Kind("missing factor", straight, "the slope of {line}"),
    Kind("mask", unmasked, "no mask at {line}"),
    Kind("mask", other_side, "the other side of {line}"),
    Kind("transposed", product_with(True, False), "a factor in the product of {line}"),
    Kind("transposed", product_with(False, True), "the gradient in the product of {line}"),
    Kind("transposed", product_with(True, True), "both factors in the product of {line}"),
    Kind("diagonal only", diagonal, "{line}"),
    Kind("factor", times(2), "2, on the path through {line}"),
    Kind("factor", times(0.5), "1/2, on the path through {line}"),
    Kind("factor", times_count, "the number of entries, at {line}"),
    Kind("factor", over_count, "1/the number of entries, at {line}"),
    *(
        Kind("missing factor", by_operand(k, power, of), f"{words} of {{line}}")
        for power in (-1, 1)
        for words, of in {
            "an operand": lambda t: t,
            "1 - its value": lambda t: 1 - t,
            "1 + its value": lambda t: 1 + t,
        }.items()
        for k in (0, 1)
    ),
]


def one_change(trouble: Trouble) -> Suspicion | None:
    """The first change, or pair of cuts, that gives what the reader's backward returned, on every input."""
    exams = sorted(trouble.clear, key=lambda e: e.y.numel())[:3]
    graphs = [graph(e) for e in exams]
    if (
        not graphs
        or any(g is None for g in graphs)
        or len({len(g.nodes) for g in graphs}) > 1
        or len(graphs[0].nodes) > 80
    ):
        return None
    edges = [
        (n, e)
        for n, node in enumerate(graphs[0].nodes)
        for e, (to, _) in enumerate(node.next_functions)
        if to is not None
    ]
    if any(n.name().startswith("AccumulateGrad") for n in graphs[0].nodes[:1]):
        return None

    def gives(changes: list) -> bool:
        return all(reproduces(g, trouble.i, changes) for g in graphs)

    for kind in KINDS:
        for n, e in edges:
            if gives([(n, e, kind.change)]):
                line = line_of(graphs[0].nodes[n])
                words = kind.words.format(line=line)
                return Suspicion(kind.cause, words, "", "")
    for n, node in enumerate(graphs[0].nodes):
        if MASKS.match(node.name()) and all(chosen(g, trouble.i, n) for g in graphs):
            return Suspicion("mask", f"the choice at {line_of(node)}", "", "which entries belong to which branch?")
    for first, second in combinations(edges[:60], 2):
        if gives([(*first, cut), (*second, cut)]):
            lines = {line_of(graphs[0].nodes[n]): None for n, _ in (first, second)}
            return Suspicion("missing term", f"the paths through {' and '.join(lines)} are left out", "", "")
    return None


def chosen(g: Graph, i: int, n: int) -> bool:
    """Is every entry the gradient of one branch or of the other, whichever the forward took?"""
    branches = [e for e, (to, _) in enumerate(g.nodes[n].next_functions) if to is not None]
    choices = [[(n, e, everything if e == taken else cut) for e in branches] for taken in [*branches, None]]
    options = [found for c in choices if (found := run(g, i, c)) is not None]
    ours = g.exam.ours[i]
    if len(options) < 2:
        return False
    nearest = torch.stack([(o - ours).abs() for o in options]).argmin(0, keepdim=True)
    return close(g.exam, i, torch.stack(options).gather(0, nearest)[0])


def everything(node: Any, gradient: Tensor, out: Tensor) -> Tensor:
    return out


def reproduces(g: Graph, i: int, changes: list) -> bool:
    found = run(g, i, changes)
    return found is not None and close(g.exam, i, found)


def line_of(node: Any) -> str:
    """The source line of the forward that made this operation."""
    trace = node.metadata.get("traceback_") or []
    for entry in reversed(trace):
        lines = entry.strip().splitlines()
        if len(lines) > 1 and "/torch/" not in lines[0]:
            code = lines[1].strip()
            return f"`{code}`"
    return re.sub(r"Backward\d*$", "", node.name()).lower()
