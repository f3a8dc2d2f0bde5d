"""One change in the textbook's backward, ours, that gives the reader's gradient.

If the reader's forward computes what one of our rules computes, our verified backward is the text to compare with: one
expression after the other is left out, turned or replaced, and a change that reproduces the reader's numbers on every
input is the answer. It sees what `graph` cannot where torch's own operation is a single node.

Shapes: as the rule's.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import lru_cache
from typing import Any, NamedTuple

import torch
from torch import Tensor

from ..rules import rules
from ..rules.rule import Rule
from .evidence import Exam
from .trouble import Suspicion, Trouble, close

OURS = "dlconcepts.manual"


class Change(NamedTuple):
    """One changed function of the textbook's: the cause it would be, in words, and the new tree."""

    cause: str
    words: str
    function: str
    tree: ast.FunctionDef


def functions(start: Callable) -> dict[str, Callable]:
    """The function and those of ours that it calls, by name; what only refuses inputs stays as it is."""
    found, queue = {}, [start]
    while queue:
        function = queue.pop()
        if (
            function.__name__ in found
            or not function.__module__.startswith(OURS)
            or function.__name__.startswith("need_")
        ):
            continue
        found[function.__name__] = function
        queue += [g for n in function.__code__.co_names if inspect.isfunction(g := function.__globals__.get(n))]
    return found


def tree_of(function: Callable) -> ast.FunctionDef:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    if ast.get_docstring(tree):
        tree.body = tree.body[1:]
    return tree


def opposite(node: ast.BinOp) -> ast.BinOp:
    return ast.BinOp(node.left, ast.Sub() if isinstance(node.op, ast.Add) else ast.Add(), node.right)


FLIPPED = {ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Lt: ast.GtE, ast.LtE: ast.Gt}
CLOSED = {ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Lt: ast.LtE, ast.LtE: ast.Lt}


def is_call(node: ast.AST, *names: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names


def axis_of(node: ast.Call) -> ast.expr | None:
    """The axis that a reduction names."""
    numbers = [*node.args, *(k.value for k in node.keywords if k.arg == "dim")]
    return next((n for n in numbers if isinstance(n, ast.UnaryOp | ast.Constant | ast.Name)), None)


def variants(node: ast.AST, names: tuple[str, ...]) -> Iterator[tuple[str, str, ast.expr]]:
    """(cause, words, what stands in the node's place): every way in which this expression is commonly got wrong."""
    text = ast.unparse(node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        sign = "-" if isinstance(node.op, ast.Sub) else "+"
        yield "missing term", f"`{sign} {ast.unparse(node.right)}`", node.left
        dropped = node.right if sign == "+" else ast.UnaryOp(ast.USub(), node.right)
        yield "missing term", f"`{ast.unparse(node.left)}`", dropped
        yield "sign", f"of `{ast.unparse(node.right)}` in `{text}`", opposite(node)
        if sign == "-":
            yield "sign", f"of `{text}`", ast.BinOp(node.right, ast.Sub(), node.left)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        yield "missing factor", f"`{ast.unparse(node.right)}`", node.left
        yield "missing factor", f"`{ast.unparse(node.left)}`", node.right
        yield "other", f"a quotient for `{text}`", ast.BinOp(node.left, ast.Div(), node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        yield "missing factor", f"1/`{ast.unparse(node.right)}`", node.left
        yield "missing factor", f"1/`{ast.unparse(node.right)}`", ast.BinOp(node, ast.Div(), node.right)
        yield "other", f"a product for `{text}`", ast.BinOp(node.left, ast.Mult(), node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        yield "missing factor", f"the power in `{text}`", node.left
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
        yield "sign", f"of `{text}`", node.operand
    if isinstance(node, ast.Compare) and type(node.ops[0]) in FLIPPED:
        for table, words in ((CLOSED, "which side the kink belongs to"), (FLIPPED, "the wrong side")):
            yield "mask", f"{words} in `{text}`", ast.Compare(node.left, [table[type(node.ops[0])]()], node.comparators)
    if is_call(node, "where") and len(node.args) == 3:
        for branch in node.args[1:]:
            yield "mask", f"none: `{ast.unparse(branch)}` everywhere", branch
        yield (
            "mask",
            f"branches of `{text}` exchanged",
            ast.Call(node.func, [node.args[0], node.args[2], node.args[1]], []),
        )
        for at, number in ((1, 0), (2, 0), (1, 1), (2, 1)):
            args = [ast.Constant(number) if k == at else a for k, a in enumerate(node.args)]
            yield (
                ("zero" if number == 0 else "missing factor"),
                f"{number} for `{ast.unparse(node.args[at])}`",
                ast.Call(node.func, args, []),
            )
    if is_call(node, "sign", "abs", "exp", "sqrt", "log", "square", "reciprocal", "scatter_add"):
        yield "other", f"{ast.unparse(node.func.value)} in place of {text}", node.func.value
    if is_call(node, "sum", "mean", "amax") and (axis := axis_of(node)) is not None:
        yield (
            "missing term" if node.func.attr == "mean" else "not summed after broadcasting",
            f"`{text}`",
            node.func.value,
        )
        for other in (-1, -2):
            new = deepcopy(node)
            replace_in(new, axis_of(new), ast.parse(str(other), mode="eval").body)
            yield "wrong axis", f"in `{text}`", new
        other = {"sum": "mean", "mean": "sum"}.get(node.func.attr)
        if other:
            new = deepcopy(node)
            new.func.attr = other
            yield "factor", f"`.{other}` for `.{node.func.attr}` in `{text}`", new
        if any(k.arg == "keepdim" for k in node.keywords):
            new = deepcopy(node)
            new.keywords = [k for k in new.keywords if k.arg != "keepdim"]
            yield "wrong axis", f"keepdim in `{text}`", new
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        for k, axis in enumerate(node.args):
            if ast.unparse(axis) in ("-1", "-2"):
                other = ast.parse("-2" if ast.unparse(axis) == "-1" else "-1", mode="eval").body
                yield (
                    "wrong axis",
                    f"in `{text}`",
                    ast.Call(node.func, [other if n == k else a for n, a in enumerate(node.args)], []),
                )
    if isinstance(node, ast.Attribute) and node.attr == "mT":
        yield "transposed", f"`{text}`", node.value
    if isinstance(node, ast.Call) and node.args and is_call(node, "sigmoid", "exp", "tanh", "erf"):
        yield "sign", f"of the argument in `{text}`", ast.Call(node.func, [ast.UnaryOp(ast.USub(), node.args[0])], [])
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        for name in names:
            if name != node.id:
                yield "other", f"{name} in place of {node.id}", ast.Name(name, ast.Load())


def other_axes(tree: ast.FunctionDef, name: str) -> Iterator[Change]:
    """All axes of the function exchanged at once, -1 and -2."""
    copy = deepcopy(tree)
    axes = [n for n in ast.walk(copy) if isinstance(n, ast.UnaryOp) and ast.unparse(n) in ("-1", "-2")]
    for axis in axes:
        axis.operand = ast.Constant(3 - axis.operand.value)
    if axes:
        yield Change("wrong axis", f"in `{name}`: the other of the last two", name, copy)


def replace_in(tree: ast.AST, old: ast.AST, new: ast.AST) -> None:
    """Puts new in the place of the very node old."""
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
                return
            if isinstance(value, list):
                for k, entry in enumerate(value):
                    if entry is old:
                        value[k] = new
                        return


def within_mask(tree: ast.AST, node: ast.AST) -> bool:
    """Does the expression decide a choice?"""
    deciding = [n for n in ast.walk(tree) if isinstance(n, ast.Compare) or is_call(n, "sign")]
    return any(node is inner and node is not outer for outer in deciding for inner in ast.walk(outer))


@lru_cache(maxsize=64)
def changes(backward: Callable, names: tuple[str, ...]) -> list[Change]:
    """Every single change of the backward and of what it calls."""
    return [change for function in functions(backward).values() for change in replaced(function, names)]


def replaced(function: Callable, names: tuple[str, ...]) -> list[Change]:
    """Every single change of one function. names: what may stand in the place of another name."""
    found = []
    for name in (function.__name__,):
        whole = tree_of(function)
        local = tuple(dict.fromkeys([*inspect.signature(function).parameters, *names]))
        nodes = list(ast.walk(whole))
        found += other_axes(whole, name)
        for at, node in enumerate(nodes):
            if isinstance(node, ast.arg) or not isinstance(node, ast.expr):
                continue
            for cause, words, new in variants(node, local):
                copy = deepcopy(whole)
                place = list(ast.walk(copy))[at]
                replace_in(copy, place, deepcopy(new))
                masked = cause in ("other", "missing factor") and within_mask(whole, node)
                found.append(Change("mask" if masked else cause, words, name, ast.fix_missing_locations(copy)))
    return found


def matching(trouble: Trouble) -> list[tuple[str, Rule]]:
    """Our rules whose forward gives what the reference gives, on every input."""
    return [(name, rule) for name, rule in rules.items() if all(agrees(rule, e) for e in trouble.clear[:3])]


def agrees(rule: Rule, exam: Exam) -> bool:
    y = forward_of(rule, exam)
    return y is not None and y[0].shape == exam.y.shape and torch.allclose(y[0], value(exam), rtol=1e-6, atol=1e-9)


def value(exam: Exam) -> Tensor:
    """What the reference gives; the reader's own forward may be the one that is wrong."""
    return exam.reference.at(exam.probe)(
        *(x.clone() if isinstance(x, Tensor) else x for x in exam.probe.inputs)
    ).detach()


def forward_of(rule: Rule, exam: Exam) -> tuple[Tensor, tuple] | None:
    inputs = [x.clone() if isinstance(x, Tensor) else x for x in exam.probe.inputs]
    try:
        inspect.signature(rule.forward).bind(*inputs, **exam.probe.constants)
        return rule.forward(*inputs, **exam.probe.constants)
    except (TypeError, ValueError, RuntimeError, IndexError, AttributeError):
        return None


ORDER = [
    "missing term",
    "transposed",
    "wrong axis",
    "sign",
    "mask",
    "missing factor",
    "factor",
    "zero",
    "not summed after broadcasting",
    "other",
]


def one_change(trouble: Trouble) -> Suspicion | None:
    """The likeliest change of the textbook's backward that gives the reader's gradient."""
    for name, rule in matching(trouble):
        names = tuple(inspect.signature(rule.forward).parameters)[: len(trouble.exams[0].probe.inputs)]
        hits = [c for c in changes(rule.backward, names) if gives(trouble, rule, c, names)]
        for change in sorted(hits, key=lambda c: ORDER.index(c.cause)):
            return Suspicion(
                change.cause, change.words, "", f"compare with ours: dlconcepts practice --solution '{name}'"
            )
    return None


def gives(trouble: Trouble, rule: Rule, change: Change, names: tuple[str, ...]) -> bool:
    return all(close_to(trouble, e, rule, change, names) for e in sorted(trouble.clear, key=lambda e: e.y.numel())[:3])


def close_to(trouble: Trouble, exam: Exam, rule: Rule, change: Change, names: tuple[str, ...]) -> bool:
    _, saved = forward_of(rule, exam)
    space: dict[str, Any] = dict(zip(names, exam.probe.inputs, strict=False)) | {"y": exam.y}
    texts = functions(rule.backward)
    for function in texts.values():
        space |= {n: v for n, v in function.__globals__.items() if not n.startswith("__")}
    try:
        for name, function in texts.items():
            tree = change.tree if name == change.function else tree_of(function)
            exec(compile(ast.Module([tree], []), "<changed>", "exec"), space)
        found = space[rule.backward.__name__](exam.dy, *saved)[trouble.i]
        return isinstance(found, Tensor) and close(exam, trouble.i, found)
    except Exception:  # a change may make nonsense of any kind
        return False
