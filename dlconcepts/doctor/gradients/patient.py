"""What a reader gave, whatever its convention, behind one pair of calls.

    forward(*inputs) -> (y, saved)   backward(dy, *saved) or backward(dy, saved) -> gradients      a rule's convention
    forward(*inputs) -> y            backward(dy, *inputs) -> gradients                            plain functions
    a torch.autograd.Function        its own forward and backward, with a context of ours

Shapes: whatever the reader's functions take.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from .arrays import as_arrays, as_tensors, is_array, speaks_numpy, with_graph

SEED = 20  # a forward that draws a mask must draw the same one whenever it is asked again


class UnsuitableError(ValueError):
    """What was given cannot be examined: the message says why and what to give."""


class Context:
    """What torch hands to a Function's forward and backward, without a graph behind it."""

    def __init__(self, count: int):
        self.needs_input_grad = (True,) * count
        self.saved_tensors: tuple = ()

    def save_for_backward(self, *tensors: Tensor) -> None:
        self.saved_tensors = tensors

    def nothing(self, *_: Any) -> None:
        """mark_dirty and its like tell the graph something, and there is none."""

    mark_dirty = mark_non_differentiable = set_materialize_grads = save_for_forward = nothing


@dataclass(frozen=True)
class Patient:
    """forward(*inputs, **constants) -> (y, saved); backward(dy, saved, inputs, constants) -> gradients or None each."""

    forward: Callable[..., tuple[Tensor, Any]]
    backward: Callable[[Tensor, Any, Sequence, dict], tuple]
    names: tuple[str, ...]
    source: Callable  # the reader's own forward, for its text
    followed: bool = True  # is autograd meant to follow the forward? Not a Function's
    graph: Callable | None = None  # the same forward, run so that autograd can follow it


def patient(forward: Any, backward: Any, inputs: Sequence = ()) -> Patient:
    """The pair of calls for what was given, and for such inputs."""
    if isinstance(forward, type) and issubclass(forward, Function):
        return of_function(forward)
    for name, given in [("forward", forward), ("backward", backward)]:
        if not callable(given):
            raise UnsuitableError(f"{name} must be a function or a torch.autograd.Function, got {type(given).__name__}")
    names, source = parameter_names(forward), unwrapped(forward)
    if speaks_numpy(forward, inputs):
        return of_arrays(forward, backward, names)
    forward = source

    def run(*inputs: Any, **constants: Any) -> tuple[Tensor, Any]:
        found = seeded(forward, *inputs, **constants)
        y, saved = found if is_rule(found) else (found, PLAIN)
        if not isinstance(y, Tensor):
            raise UnsuitableError(f"forward must return a tensor y, or (y, saved); got {kind(found)}")
        return y, saved

    def back(dy: Tensor, saved: Any, inputs: Sequence, constants: dict) -> tuple:
        return as_tuple(call_backward(backward, names, dy, saved, inputs, constants))

    return Patient(run, back, names, source)


def of_arrays(forward: Callable, backward: Callable, names: tuple[str, ...]) -> Patient:
    """Functions of NumPy's arrays: tensors become arrays on their way in, and arrays tensors on their way out."""

    def run(*inputs: Any, **constants: Any) -> tuple[Tensor, Any]:
        found = seeded(forward, *map(as_arrays, inputs), **constants)
        paired = isinstance(found, tuple) and len(found) == 2 and is_array(found[0])
        y, saved = found if paired else (found, PLAIN)
        if not is_array(y) and not isinstance(y, float):
            raise UnsuitableError(f"forward must return an array y, or (y, saved); got {kind(found)}")
        return torch.as_tensor(as_tensors(y)), saved

    def back(dy: Tensor, saved: Any, inputs: Sequence, constants: dict) -> tuple:
        found = call_backward(backward, names, as_arrays(dy), saved, as_arrays(list(inputs)), constants)
        parts = as_tensors(tuple(found) if isinstance(found, tuple | list) else (found,))
        return as_tuple(tuple(torch.as_tensor(g, dtype=torch.float64) if isinstance(g, float) else g for g in parts))

    return Patient(run, back, names, forward, graph=with_graph(forward))


def unwrapped(function: Callable) -> Callable:
    """The function below @torch.no_grad() and its like, so that autograd can follow it."""
    below: Any = function
    while getattr(getattr(below, "__code__", None), "co_filename", "").endswith("_contextlib.py"):
        below = below.__wrapped__
    return below


PLAIN = object()  # in the place of what a plain forward does not save


def is_rule(found: Any) -> bool:
    """(y, saved), the two parts of a rule's answer."""
    return isinstance(found, tuple) and len(found) == 2 and isinstance(found[0], Tensor)


def of_function(cls: type[Function]) -> Patient:
    """A torch.autograd.Function called by hand, in either of torch's two styles."""
    apart = cls.setup_context is not Function.setup_context
    names = parameter_names(cls.forward)[0 if apart else 1 :]

    def run(*inputs: Any, **constants: Any) -> tuple[Tensor, Context]:
        ctx = Context(len(inputs))
        y = seeded(cls.forward, *(() if apart else (ctx,)), *inputs, **constants)
        if apart:
            cls.setup_context(ctx, inputs, y)
        if not isinstance(y, Tensor):
            raise UnsuitableError(f"{cls.__name__}.forward must return one tensor, got {kind(y)}")
        return y, ctx

    def back(dy: Tensor, ctx: Context, inputs: Sequence, constants: dict) -> tuple:
        return as_tuple(cls.backward(ctx, dy))

    return Patient(run, back, names, cls.forward, followed=False)


def call_backward(backward: Callable, names: tuple, dy: Tensor, saved: Any, inputs: Sequence, constants: dict) -> Any:
    """backward with whichever arguments it takes: what was saved one by one or as a whole, or the forward's inputs."""
    if saved is not PLAIN:
        parts = tuple(saved) if isinstance(saved, tuple | list) else (saved,)
        return backward(dy, *parts) if takes(backward, dy, *parts) else backward(dy, saved)
    known = {name: value for name, value in constants.items() if takes(backward, dy, *inputs, **{name: value})}
    if takes(backward, dy, *inputs, **known):
        return backward(dy, *inputs, **known)
    by_name = dict(zip(names, inputs, strict=False)) | constants  # backward(dy, x) of a forward(x, W, b), say
    wanted = parameter_names(backward)[1:]
    if set(wanted) <= by_name.keys():
        return backward(dy, *(by_name[name] for name in wanted))
    return backward(dy, *inputs)


def takes(function: Callable, *args: Any, **kwargs: Any) -> bool:
    """Would these arguments fit?"""
    try:
        inspect.signature(function).bind(*args, **kwargs)
    except TypeError:
        return False
    except ValueError:  # a builtin without a signature
        return True
    return True


def parameter_names(function: Callable) -> tuple[str, ...]:
    """The names of the positional parameters."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:  # a builtin without a signature
        return ("x",)
    return tuple(p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD))


def seeded(function: Callable, *args: Any, **kwargs: Any) -> Any:
    """The function's value from one state of torch's generator, which is left as it was."""
    before = torch.default_generator.get_state()  # of the CPU alone: torch.manual_seed visits all devices, for 1 ms
    torch.default_generator.manual_seed(SEED)
    try:
        return function(*args, **kwargs)
    finally:
        torch.default_generator.set_state(before)


def as_tuple(gradients: Any) -> tuple:
    """One gradient or several, as a tuple."""
    found = tuple(gradients) if isinstance(gradients, tuple | list) else (gradients,)
    for g in found:
        if g is not None and not isinstance(g, Tensor):
            raise UnsuitableError(f"backward must return tensors (or None for what has no gradient), got {kind(g)}")
    return found


def kind(value: Any) -> str:
    """In a few words what a value is."""
    if isinstance(value, tuple | list):
        return f"{type(value).__name__} of {', '.join(kind(v) for v in value[:4]) or 'nothing'}"
    return f"a tensor {tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__
