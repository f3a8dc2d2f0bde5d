"""Mish: torch's own, and what ours is verified on."""

from torch.nn import functional

from ..manual.mish import mish, mish_backward
from .elementwise import elementwise
from .rule import Rule

rules = {"mish": Rule(mish, mish_backward, functional.mish, elementwise())}
