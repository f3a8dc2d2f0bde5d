"""NumPy functions as functions of tensors: arrays go in, arrays come out, and the doctor sees tensors.

Shapes: whatever the functions take.
NumPy keeps no graph. Where torch's own NumPy (torch._numpy, of the same names) can run the reader's text in its place,
autograd follows that; else the truth comes from differences alone.
"""

import types
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import numpy as np
import torch
from torch import Tensor


def is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray | np.generic)


def as_arrays(value: Any) -> Any:
    """Tensors as the arrays that share their memory, in tuples, lists and dictionaries too; all else as it is."""
    if isinstance(value, Tensor):
        return value.detach().numpy()
    return each(as_arrays, value)


def as_tensors(value: Any) -> Any:
    """Arrays, and numbers of NumPy's, as tensors of their own; Python's numbers as they are."""
    return torch.from_numpy(np.array(value)) if is_array(value) else each(as_tensors, value)


def each(change: Callable, value: Any) -> Any:
    """A container's parts changed."""
    if isinstance(value, dict):
        return {name: change(part) for name, part in value.items()}
    return type(value)(map(change, value)) if type(value) in (tuple, list) else value


def speaks_numpy(forward: Callable, inputs: Sequence) -> bool:
    """Is it a function of arrays: given arrays, or written with NumPy alone, or answering tensors with arrays?"""
    if any(is_array(x) for x in inputs):
        return True
    if not any(isinstance(x, Tensor) for x in inputs):
        return False
    if libraries(forward) == {"numpy"}:
        return True
    for convert in (list, as_arrays):  # as tensors, then as arrays
        try:
            found = forward(*convert([x.detach().clone() if isinstance(x, Tensor) else x for x in inputs]))
        except Exception:  # not its kind of input; whether any is, is asked elsewhere
            continue
        return is_array(found[0] if isinstance(found, tuple) and found else found)
    return False


def libraries(function: Callable) -> set[str]:
    """Which of NumPy and torch a function's own text names."""
    own = getattr(function, "__func__", function)
    code, world = getattr(own, "__code__", None), getattr(own, "__globals__", {})
    named = [world[name] for name in code.co_names if name in world] if code else []
    homes = {str(getattr(value, "__module__", None) or getattr(value, "__name__", "")) for value in named}
    return {home.split(".")[0] for home in homes} & {"numpy", "torch"}


def with_graph(function: Callable) -> Callable | None:
    """The same text run by torch's own NumPy, from tensors to tensors; None where this torch has none."""
    try:
        theirs: Any = import_module("torch._numpy")
    except ImportError:
        return None
    own = getattr(function, "__func__", function)
    if not isinstance(own, types.FunctionType):
        return None
    again = in_namespace(own, theirs)
    bound = (function.__self__,) if isinstance(function, types.MethodType) else ()

    def run(*inputs: Any, **constants: Any) -> Any:
        found = again(*bound, *(theirs.ndarray(x) if isinstance(x, Tensor) else x for x in inputs), **constants)
        return unwrapped(found, theirs.ndarray)

    return run


def unwrapped(value: Any, kind: Any) -> Any:
    """The tensors inside torch's arrays."""
    return value.tensor if isinstance(value, kind) else each(lambda part: unwrapped(part, kind), value)


def in_namespace(function: types.FunctionType, theirs: types.ModuleType) -> Callable:
    """The function, and those of its file that it may call, with `theirs` in NumPy's place."""
    world: dict[str, Any] = {}
    for name, value in function.__globals__.items():
        world[name] = (
            rebuilt(value, function, world) if isinstance(value, types.FunctionType) else replaced(value, theirs)
        )
    return rebuilt(function, function, world)


def replaced(value: Any, theirs: types.ModuleType) -> Any:
    """NumPy itself, or a function of it, by its namesake."""
    if value is np:
        return theirs
    home = getattr(value, "__module__", None) or ""
    named = isinstance(value, np.ufunc) or (callable(value) and home.split(".")[0] == "numpy")
    return getattr(theirs, getattr(value, "__name__", ""), value) if named else value


def rebuilt(function: types.FunctionType, like: types.FunctionType, world: dict[str, Any]) -> types.FunctionType:
    """A function of the same file in another world; of another file as it is."""
    if function.__globals__ is not like.__globals__:
        return function
    found = types.FunctionType(function.__code__, world, function.__name__, function.__defaults__, function.__closure__)
    found.__kwdefaults__ = function.__kwdefaults__
    return found
