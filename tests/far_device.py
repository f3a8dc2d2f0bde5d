"""A device that is not the CPU, played on the CPU: most code that is tied to the CPU fails on it.

A tensor on it holds another tensor, which does the arithmetic. Like an accelerator's it does not mix with tensors of
the CPU, single numbers excepted, and comes back only by `.cpu()`, `.to("cpu")` or `.item()`. "lazy" is a kind of
device that torch knows by name and has no kernels for.
"""

from contextlib import contextmanager, nullcontext
from unittest.mock import patch

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode, return_and_correct_aliasing
from torch.utils._pytree import tree_flatten, tree_map_only

FAR = torch.device("lazy", 0)
COPIES = ("aten::_to_copy", "aten::copy_")


class FarTensor(torch.Tensor):
    """A tensor on the far device."""

    @staticmethod
    def __new__(cls, held):
        layout = {"strides": held.stride(), "storage_offset": held.storage_offset(), "dtype": held.dtype}
        return torch.Tensor._make_wrapper_subclass(cls, held.shape, device=FAR, **layout)

    def __init__(self, held):
        self.held = held

    def __repr__(self):
        return f"FarTensor({self.held})"

    def tolist(self):
        return self.held.tolist()

    def untyped_storage(self):
        return self.held.untyped_storage()

    @classmethod
    def __torch_dispatch__(cls, function, types, arguments=(), named=None):
        return call(function, arguments, named or {})


class Operations(TorchDispatchMode):
    """What torch does, on whatever device."""

    def __torch_dispatch__(self, function, types, arguments=(), named=None):
        return call(function, arguments, named or {})


class FromNumbers(TorchFunctionMode):
    """Tensors made of Python's numbers, which torch would copy to a device by itself."""

    def __torch_function__(self, function, types, arguments=(), named=None):
        device = (named or {}).get("device")
        if function in (torch.tensor, torch.as_tensor) and device is not None and torch.device(device).type == FAR.type:
            return function(*arguments, **named | {"device": "cpu"}).to(device)
        if function is torch.Tensor.new_tensor and isinstance(arguments[0], FarTensor):
            return function(arguments[0].held, *arguments[1:], **named or {}).to(FAR)
        return function(*arguments, **named or {})


@contextmanager
def far_device():
    """Within it torch knows the far device, and no inference mode: that is not for tensors that hold others."""
    with FromNumbers(), Operations(), patch.object(torch, "inference_mode", nullcontext):
        yield


def call(function, arguments, named):
    """The function on what the far tensors hold; its result is far if its inputs are, or where it was asked to be."""
    tensors = [value for value in tree_flatten((arguments, named))[0] if isinstance(value, torch.Tensor)]
    far = any(isinstance(tensor, FarTensor) for tensor in tensors)
    mixed = far and any(tensor.ndim and not isinstance(tensor, FarTensor) for tensor in tensors)
    name = function.name().split(".")[0]
    rows = name == "aten::index" and isinstance(arguments[0], FarTensor)  # it takes rows that the CPU counted
    if mixed and not rows and name not in COPIES:
        raise RuntimeError(f"expected all tensors on one device, got two in {function}")
    wanted = named.get("device")
    goes_far = far if wanted is None else torch.device(wanted).type == FAR.type
    held, held_named = tree_map_only(FarTensor, lambda tensor: tensor.held, (arguments, named))
    found = function(*held, **held_named | ({} if wanted is None else {"device": torch.device("cpu")}))
    if function is torch.ops.aten.copy_.default:
        return arguments[0]
    if not goes_far:
        return found
    found = tree_map_only(torch.Tensor, FarTensor, found)
    return return_and_correct_aliasing(function, arguments, named, found) if far else found
