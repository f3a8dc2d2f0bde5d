"""The ways in which an expression is commonly got wrong, each with the cause it would be: a new way is one row of WAYS.

Shapes: none; everything here is syntax trees.
"""

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import TypeGuard

Way = Iterator[tuple[str, str, ast.expr]]  # (cause, words, what stands in the expression's place)


def text(node: ast.AST) -> str:
    return ast.unparse(node)


class MethodCall(ast.Call):
    """What `is_call` finds: x.sum(-1), say."""

    func: ast.Attribute


def is_call(node: ast.AST, *names: str) -> TypeGuard[MethodCall]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names


def put(tree: ast.AST, old: ast.AST, new: ast.AST) -> None:
    """Puts new in the place of the very node old."""
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
            elif isinstance(value, list):
                value[:] = [new if entry is old else entry for entry in value]


def sums(node: ast.AST) -> Way:
    """A term left out, or with the other sign."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        minus = isinstance(node.op, ast.Sub)
        if minus and isinstance(node.left, ast.Constant):  # (1 - s) is a factor rather than two terms
            yield "missing factor", f"`{text(node)}`", node.left
        else:
            yield "missing term", f"`{'-' if minus else '+'} {text(node.right)}`", node.left
        yield "missing term", f"`{text(node.left)}`", ast.UnaryOp(ast.USub(), node.right) if minus else node.right
        other = ast.BinOp(node.left, ast.Add() if minus else ast.Sub(), node.right)
        yield "sign", f"of `{text(node.right)}` in `{text(node)}`", other
        if minus:
            yield "sign", f"of `{text(node)}`", ast.BinOp(node.right, ast.Sub(), node.left)


def products(node: ast.AST) -> Way:
    """A factor left out, or divided by."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        yield "missing factor", f"`{text(node.right)}`", node.left
        yield "missing factor", f"`{text(node.left)}`", node.right
        yield "other", f"a quotient for `{text(node)}`", ast.BinOp(node.left, ast.Div(), node.right)


def quotients(node: ast.AST) -> Way:
    """A divisor left out, there once too often, or multiplied by."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        yield "missing factor", f"1/`{text(node.right)}`", node.left
        yield "missing factor", f"`{text(node.right)}`", ast.BinOp(node, ast.Div(), node.right)
        yield "other", f"a product for `{text(node)}`", ast.BinOp(node.left, ast.Mult(), node.right)


def powers(node: ast.AST) -> Way:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        yield "missing factor", f"the power in `{text(node)}`", node.left


def minuses(node: ast.AST) -> Way:
    """A minus lost, in front or in a function's argument."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
        yield "sign", f"of `{text(node)}`", node.operand
    if is_call(node, "sigmoid", "exp", "tanh", "erf") and node.args:
        yield "sign", f"in `{text(node)}`", ast.Call(node.func, [ast.UnaryOp(ast.USub(), node.args[0])], [])


FLIPPED = {ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Lt: ast.GtE, ast.LtE: ast.Gt}
CLOSED = {ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Lt: ast.LtE, ast.LtE: ast.Lt}


def comparisons(node: ast.AST) -> Way:
    """The kink on the other side, or everything."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in FLIPPED:
        for table, words in ((CLOSED, "the side of the kink"), (FLIPPED, "the wrong side")):
            other = ast.Compare(node.left, [table[type(node.ops[0])]()], node.comparators)
            yield "mask", f"{words} in `{text(node)}`", other


def choices(node: ast.AST) -> Way:
    """One branch of where() for all, both exchanged, or 0 or 1 in a branch's place."""
    if not is_call(node, "where") or len(node.args) != 3:
        return
    condition, *branches = node.args
    for branch in branches:
        yield "mask", f"none: `{text(branch)}` everywhere", branch
    yield "mask", f"the branches of `{text(node)}`", ast.Call(node.func, [condition, *reversed(branches)], [])
    for at in (0, 1):
        for number, cause in ((0, "zero"), (1, "missing factor")):
            new = [ast.Constant(number) if k == at else b for k, b in enumerate(branches)]
            yield cause, f"{number} for `{text(branches[at])}`", ast.Call(node.func, [condition, *new], [])


def unwrapped(node: ast.AST) -> Way:
    """A function not applied, or nothing added at some places."""
    if is_call(node, "sign", "abs", "exp", "sqrt", "log", "square", "reciprocal"):
        yield "other", f"{text(node.func.value)} in place of {text(node)}", node.func.value
    if is_call(node, "scatter_add", "index_add"):
        yield "missing term", f"what `{text(node)}` adds", node.func.value


def axis_of(node: ast.Call) -> ast.expr | None:
    """The axis that a reduction names."""
    named = [*node.args, *(k.value for k in node.keywords if k.arg == "dim")]
    return next((n for n in named if isinstance(n, ast.UnaryOp | ast.Constant | ast.Name)), None)


def reductions(node: ast.AST) -> Way:
    """A sum or mean left out, along another axis, without keepdim, or the one for the other."""
    if not is_call(node, "sum", "mean", "amax") or axis_of(node) is None:
        return
    name = node.func.attr
    yield "missing term" if name == "mean" else "not summed after broadcasting", f"`{text(node)}`", node.func.value
    for axis in ("-1", "-2"):
        new = deepcopy(node)
        if old := axis_of(new):
            put(new, old, ast.parse(axis, mode="eval").body)
        yield "wrong axis", f"in `{text(node)}`", new
    if name in ("sum", "mean"):
        new = deepcopy(node)
        new.func.attr = "mean" if name == "sum" else "sum"
        yield "factor", f"`.{new.func.attr}` for `.{name}` in `{text(node)}`", new
    if any(k.arg == "keepdim" for k in node.keywords):
        new = deepcopy(node)
        new.keywords = [k for k in new.keywords if k.arg != "keepdim"]
        yield "wrong axis", f"keepdim in `{text(node)}`", new


def axes_handed_on(node: ast.AST) -> Way:
    """Another axis as a function's argument."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        for k, axis in enumerate(node.args):
            if text(axis) in ("-1", "-2"):
                other = ast.UnaryOp(ast.USub(), ast.Constant(3 - int(text(axis)[1:])))
                arguments = [other if n == k else a for n, a in enumerate(node.args)]
                yield "wrong axis", f"in `{text(node)}`", ast.Call(node.func, arguments, [])


def transposes(node: ast.AST) -> Way:
    if isinstance(node, ast.Attribute) and node.attr in ("mT", "T"):
        yield "transposed", f"`{text(node)}`", node.value


WAYS: list[Callable[[ast.AST], Way]] = [
    *(sums, products, quotients, powers, minuses, comparisons, choices, unwrapped, reductions, axes_handed_on),
    transposes,
]
