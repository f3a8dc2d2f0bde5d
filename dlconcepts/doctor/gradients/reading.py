"""A reader's file: its functions, found by name, and inputs to examine them on.

Shapes: the guessed inputs are small, B = 4 examples of I = 3 numbers.
"""

import importlib.util
import inspect
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd import Function

from .crash import guarded
from .patient import UnsuitableError

NAME = "checked_file"


class Pair(NamedTuple):
    """A forward and its backward (None for a Function), and what they are called."""

    name: str
    forward: Any
    backward: Any


def load(path: Path) -> ModuleType:
    """The file as a module; what it raises is a CrashError with its line."""
    spec = importlib.util.spec_from_file_location(NAME, path)
    if spec is None or spec.loader is None:
        raise UnsuitableError(f"{path}: expected a Python file, named *.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = module  # dataclasses and pickles of the file look for it there
    sys.path.append(str(path.parent.resolve()))
    with guarded("file"):
        spec.loader.exec_module(module)
    return module


def pairs(module: ModuleType) -> list[Pair]:
    """NAME and NAME_backward, NAME_forward and NAME_backward, forward and backward, and the file's own Functions."""
    functions = {n: f for n, f in vars(module).items() if callable(f) and not n.startswith("_")}
    own = {n for n, f in functions.items() if getattr(f, "__module__", NAME) == NAME}
    found = (
        [Pair("forward", functions["forward"], functions["backward"])]
        if {"forward", "backward"} <= set(functions)
        else []
    )
    for name in (n.removesuffix("_backward") for n in functions if n.endswith("_backward") and n in own):
        forward = functions.get(name, functions.get(f"{name}_forward"))
        if forward is not None:
            found.append(Pair(name, forward, functions[f"{name}_backward"]))
    for name in own:
        if isinstance(functions[name], type) and issubclass(functions[name], Function):
            found.append(Pair(name, functions[name], None))
    return found


def chosen(module: ModuleType, path: Path, like: str | None) -> list[Pair]:
    """The pairs to examine; of several the one that is named as the rule. Raises UnsuitableError if there is none."""
    found = pairs(module)
    if not found:
        raise UnsuitableError(f"{path}: {nothing(module)}")
    if like is None or len(found) == 1:
        return found
    plain = like.replace("-", "_").replace(" ", "_").lower()
    named = [p for p in found if p.name.lower() == plain]
    if not named:
        raise UnsuitableError(
            f"{path}: which is to be {like!r}? Name it {plain}; found {', '.join(p.name for p in found)}"
        )
    return named


def nothing(module: ModuleType) -> str:
    """What is missing, and the names that are nearly it."""
    own = [n for n, f in vars(module).items() if inspect.isfunction(f) and f.__module__ == NAME]
    wanted = [f"{n}_backward" for n in own] + ["forward", "backward"]
    near = next(
        ((n, close[0]) for n in own if (close := get_close_matches(n, wanted, n=1, cutoff=0.8)) and n != close[0]), None
    )
    hint = f"; did you mean {near[1]!r} by {near[0]!r}?" if near else f"; found {', '.join(own) or 'no functions'}"
    return f"expected functions NAME and NAME_backward, or forward and backward{hint}"


def inputs_of(module: ModuleType, pair: Pair) -> tuple | None:
    """What the file says to examine on: inputs() or INPUTS, for all or a dict by the function's name."""
    given = getattr(module, "inputs", getattr(module, "INPUTS", None))
    if callable(given):
        with guarded("inputs()"):
            given = given()
    if isinstance(given, dict):
        given = given.get(pair.name)
    if given is None:
        return None
    return tuple(given) if isinstance(given, tuple | list) else (given,)


def guessed(pair: Pair) -> tuple:
    """The first of the usual inputs, by the number of arguments, that the forward takes and depends on."""
    of_torch = isinstance(pair.forward, type)  # a torch.autograd.Function, whose forward may take a ctx first
    function = pair.forward.forward if of_torch else pair.forward
    parameters = [
        p for p in inspect.signature(function).parameters.values() if p.default is p.empty and p.kind < p.VAR_POSITIONAL
    ]
    count = len(parameters) - (of_torch and pair.forward.setup_context is Function.setup_context)
    for inputs in usual(count):
        if depends(pair, inputs):
            return inputs
    raise UnsuitableError(
        f"{pair.name}: no guess at inputs works; write inputs() that returns a tuple of them, or use --like RULE"
    )


def depends(pair: Pair, inputs: tuple) -> bool:
    """Does the forward take them, with a finite value that changes with the first?"""
    from .patient import patient

    try:
        who = patient(pair.forward, pair.backward or (lambda dy, *_: dy), inputs)
        y, _ = who.forward(*(x.clone() if isinstance(x, Tensor) else x for x in inputs))
        other, _ = who.forward(inputs[0] * 0.9, *inputs[1:])
    except Exception:  # not its kind of input
        return False
    return bool(y.isfinite().all()) and y.shape == other.shape and bool(y.numel()) and not torch.equal(y, other)


def usual(count: int) -> Iterator[tuple]:
    """Inputs as most functions of so many arguments take them, the commonest first."""
    generator = torch.Generator().manual_seed(4)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    def probability(*shape: int) -> Tensor:
        return 0.1 + 0.8 * torch.rand(shape, generator=generator, dtype=torch.float64)

    x, images, classes = normal(4, 3), normal(2, 3, 6, 6), torch.tensor([0, 2, 1, 2])
    kernels, mask = normal(2, 3, 3, 3), torch.rand(4, 3, generator=generator) < 0.6
    table: dict[int, list[tuple]] = {
        1: [(x,), (probability(4, 3),), (images,), (normal(6),)],
        2: [
            *((x, normal(3, 2)), (x, classes), (x, normal(4, 3)), (probability(4, 3), probability(4, 3).round())),
            *((x, normal(3)), (images, kernels), (x, mask), (x, 0.3), (images, 2), (normal(6), normal(6))),
        ],
        3: [
            *((x, normal(3, 2), normal(2)), (x, normal(3), normal(3)), (x, mask, 0.3), (x, normal(4, 3), normal(4, 3))),
            *((images, kernels, normal(2)), (x, normal(4, 3), 0.3), (x, classes, 0.3)),
        ],
        4: [(x, normal(3), normal(3), 1e-5), (x, normal(4, 2), normal(3, 2), normal(2, 2))],
        5: [
            (x, normal(3), normal(3), normal(3), probability(3)),
            (x, normal(4, 2), normal(3, 2), normal(2, 2), normal(2)),
        ],
    }
    yield from table.get(count, [])
