"""One change in the textbook's backward, ours, that gives the reader's gradient.

If the reader's forward computes what one of our rules computes, our verified backward is the text to compare with: one
expression after the other is left out, turned or replaced, and a change that reproduces the reader's numbers on every
input is the answer. It sees what `graph` cannot where torch's own operation is a single node.

Shapes: as the rule's.
"""

import ast
import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from ...rules import rules
from ...rules.rule import Rule
from .evidence import Exam
from .probes import copies
from .rewriting import Change, changes, tree_of
from .trouble import Suspicion, Trouble, close

OURS = "dlconcepts.manual"
ORDER = [  # of several changes that give the same numbers the one that is named
    *("missing term", "transposed", "wrong axis", "sign", "mask", "missing factor", "factor", "zero"),
    *("not summed after broadcasting", "other"),
]
NAMED = {  # terms that have a name
    "- dxhat.mean(dim, keepdim=True)": "the mean's term",
    "- xhat * (dxhat * xhat).mean(dim, keepdim=True)": "the variance's term",
    "from_l1": "the L1 penalty's",
    "+ from_l2": "the L2 penalty's",
}
TRIED = 3  # exams on which a change is tried; the smallest


def functions(start: Callable) -> dict[str, Callable]:
    """The function and those of ours that it calls, by name, but for those that only refuse inputs."""
    found, queue = {}, [start]
    while queue:
        function = inspect.unwrap(queue.pop())
        own = function.__module__.startswith(OURS) and not function.__name__.startswith("need_")
        if own and function.__name__ not in found:
            found[function.__name__] = function
            called = (function.__globals__.get(name) for name in function.__code__.co_names)
            queue += [g for g in called if inspect.isfunction(g)]
    return found


@lru_cache(maxsize=64)
def all_changes(backward: Callable, names: tuple[str, ...]) -> list[Change]:
    """Every single change of the backward and of what it calls."""
    found = []
    for function in functions(backward).values():
        local = tuple(dict.fromkeys([*inspect.signature(function).parameters, *names]))
        found += changes(function, local)
    return found


def matching(trouble: Trouble) -> list[tuple[str, Rule]]:
    """Our rules whose forward gives what the reference gives, on every input."""
    return [(name, rule) for name, rule in rules.items() if all(agrees(rule, e) for e in trouble.clear[:TRIED])]


def agrees(rule: Rule, exam: Exam) -> bool:
    found = forward_of(rule, exam)
    if found is None or found[0].shape != exam.y.shape:
        return False
    true = exam.reference.at(exam.probe)(*copies(exam.probe.inputs)).detach()  # the reader's own may be the wrong one
    return torch.allclose(found[0], true, rtol=1e-6, atol=1e-9)


def forward_of(rule: Rule, exam: Exam) -> tuple[Tensor, tuple] | None:
    """(y, saved) of the rule, None if it does not take these inputs."""
    try:
        inspect.signature(rule.forward).bind(*exam.probe.inputs, **exam.probe.constants)
        return rule.forward(*copies(exam.probe.inputs), **exam.probe.constants)
    except (TypeError, ValueError, RuntimeError, IndexError, AttributeError):
        return None


def one_change(trouble: Trouble) -> Suspicion | None:
    """The likeliest change of the textbook's backward that gives the reader's gradient."""
    for name, rule in matching(trouble):
        taken = [e for e in trouble.clear if forward_of(rule, e) is not None]  # not a batch of one, say
        exams = sorted(taken, key=lambda e: e.y.numel())[:TRIED]
        names = tuple(inspect.signature(rule.forward).parameters)[: len(exams[0].probe.inputs)]
        candidates = sorted(all_changes(rule.backward, names), key=lambda c: ORDER.index(c.cause))
        for change in candidates:
            if all(gives(trouble.i, e, rule, change, names) for e in exams):
                advice = f"quoted is our own backward, dlconcepts practice --solution '{name}'"
                named = NAMED.get(change.words.strip("`"))
                return Suspicion(change.cause, f"{named}, {change.words}" if named else change.words, "", advice)
    return None


def gives(i: int, exam: Exam, rule: Rule, change: Change, names: tuple[str, ...]) -> bool:
    """Does the rule's backward with this change return what the reader's does?"""
    ran = forward_of(rule, exam)
    if ran is None:
        return False
    texts = functions(rule.backward)
    space: dict[str, Any] = dict(zip(names, exam.probe.inputs, strict=False)) | {"y": exam.y}
    for function in texts.values():
        space |= {n: v for n, v in function.__globals__.items() if not n.startswith("__")}
    try:
        for name, function in texts.items():  # all of them anew, so that they call the changed one
            tree = change.tree if name == change.function else tree_of(function)
            exec(compile(ast.Module([tree], []), "<changed>", "exec"), space)
        found = space[rule.backward.__name__](exam.dy, *ran[1])[i]
        return isinstance(found, Tensor) and close(exam, i, found)
    except Exception:  # a change may make nonsense of any kind
        return False
