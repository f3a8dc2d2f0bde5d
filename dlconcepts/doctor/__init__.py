"""The gradient doctor: what is wrong with a backward that somebody wrote by hand? `check` is the door."""

from .examine import check
from .diagnosis import Diagnosis

__all__ = ["Diagnosis", "check"]
