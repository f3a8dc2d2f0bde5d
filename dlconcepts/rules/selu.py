"""SELU: torch's own, and what ours is verified on."""

from torch.nn import functional

from ..manual.selu import selu, selu_backward
from .elementwise import elementwise
from .rule import Rule

rules = {"selu": Rule(selu, selu_backward, functional.selu, elementwise(0.0))}
