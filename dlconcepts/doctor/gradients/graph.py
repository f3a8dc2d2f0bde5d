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
from .operations import KINDS, Change, cut, everything, fit, is_mask
from .trouble import Suspicion, Trouble, close
from .truth import floating

TRIED = 3  # exams on which a change is tried; the smallest
LONGEST = 80  # operations of a forward that is looked at
PAIRED = 60  # of its edges those that are cut two at a time
Edge = tuple[int, int]  # the operation's number, and which of its inputs


class Graph(NamedTuple):
    """The forward of one exam, kept for many backwards."""

    exam: Exam
    y: Tensor
    leaves: dict[int, Tensor]
    nodes: list


class NotHereError(Exception):
    """The change has no meaning for this operation."""


def graph(exam: Exam) -> Graph | None:
    """The exam's forward with its graph; each node remembers its line."""
    leaves = {i: x.detach().clone().requires_grad_() for i, x in enumerate(exam.probe.inputs) if floating(x)}
    inputs = [leaves.get(i, x) for i, x in enumerate(exam.probe.inputs)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # anomaly mode announces itself
        try:
            with torch.autograd.set_detect_anomaly(True, check_nan=False), torch.enable_grad():
                y = exam.reference.at(exam.probe)(*inputs)
        except RuntimeError:
            return None
    return Graph(exam, y, leaves, operations(y.grad_fn)) if y.grad_fn is not None else None


def operations(last: Any) -> list:
    """The graph's nodes from the last one back, always in the same order."""
    found, queue = [], [last]
    while queue:
        node = queue.pop(0)
        if node not in found:
            found.append(node)
            queue += [n for n, _ in node.next_functions if n is not None]
    return found


def run(g: Graph, i: int, changes: Sequence[tuple[int, int, Change]]) -> Tensor | None:
    """The gradient by input i with the changes in force: (node, which of its inputs, change)."""
    handles = [g.nodes[n].register_hook(hook(g.nodes[n], e, change)) for n, e, change in changes]
    try:
        return torch.autograd.grad(g.y, [g.leaves[i]], g.exam.dy, retain_graph=True, allow_unused=True)[0]
    except (NotHereError, RuntimeError, TypeError):
        return None
    finally:
        for handle in handles:
            handle.remove()


def hook(node: Any, e: int, change: Change) -> Callable[[tuple, tuple], tuple | None]:
    """What autograd calls after the node's own backward: its answer for input e is changed."""

    def changed(grads: tuple, outs: tuple) -> tuple | None:
        if grads[e] is None or outs[0] is None:
            return None
        new = change(node, grads[e], outs[0])
        if new is None:
            raise NotHereError
        return (*grads[:e], fit(new, grads[e]), *grads[e + 1 :])

    return changed


def one_change(trouble: Trouble) -> Suspicion | None:
    """The first change that gives, on every input, what the reader's backward returned."""
    exams = sorted(trouble.clear, key=lambda e: e.y.numel())[:TRIED]
    graphs = [g for g in map(graph, exams) if g is not None and len(g.nodes) <= LONGEST]
    if len(graphs) < len(exams) or len({len(g.nodes) for g in graphs}) != 1:
        return None
    nodes = graphs[0].nodes
    edges = [(n, e) for n, node in enumerate(nodes) for e, (to, _) in enumerate(node.next_functions) if to is not None]
    for cause, words, changes in single(nodes, edges):
        if all(reproduces(g, trouble.i, changes) for g in graphs):
            return Suspicion(cause, words)
    for n, node in enumerate(nodes):
        if is_mask(node) and all(chosen(g, trouble.i, n) for g in graphs):
            return Suspicion("mask", f"the choice at {line_of(node)}", "", "which entries belong to which branch?")
    for cause, words, changes in pairs(nodes, edges):
        if all(reproduces(g, trouble.i, changes) for g in graphs):
            return Suspicion(cause, words)
    return None


def single(nodes: list, edges: Sequence[Edge]) -> Iterator[tuple[str, str, list]]:
    """(cause, words, changes): every kind at every edge."""
    for kind in KINDS:
        for n, e in edges:
            yield kind.cause, kind.words.format(line=line_of(nodes[n])), [(n, e, kind.change)]


def pairs(nodes: list, edges: Sequence[Edge]) -> Iterator[tuple[str, str, list]]:
    """(cause, words, changes): two cuts at once."""
    for first, second in combinations(edges[:PAIRED], 2):
        lines = dict.fromkeys(line_of(nodes[n]) for n, _ in (first, second))
        yield "missing term", f"the paths through {' and '.join(lines)} are left out", [(*first, cut), (*second, cut)]


def chosen(g: Graph, i: int, n: int) -> bool:
    """Is every entry the gradient of one branch or of the other, whichever the forward took?"""
    branches = [e for e, (to, _) in enumerate(g.nodes[n].next_functions) if to is not None]
    choices = [[(n, e, everything if e == taken else cut) for e in branches] for taken in [*branches, None]]
    options = [found for c in choices if (found := run(g, i, c)) is not None]
    if len(options) < 2:
        return False
    nearest = torch.stack([(o - g.exam.ours[i]).abs() for o in options]).argmin(0, keepdim=True)
    return close(g.exam, i, torch.stack(options).gather(0, nearest)[0])


def reproduces(g: Graph, i: int, changes: list) -> bool:
    found = run(g, i, changes)
    return found is not None and close(g.exam, i, found)


def line_of(node: Any) -> str:
    """The source line of the forward that made this operation."""
    for entry in reversed(node.metadata.get("traceback_") or []):
        file, *code = entry.strip().splitlines()
        if code and "/torch/" not in file:
            return f"`{code[0].strip()}`"
    return re.sub(r"Backward\d*$", "", node.name()).lower()
