"""The gradient doctor: what is wrong with a backward that somebody wrote by hand? `check` is the door."""

from .diagnosis import Diagnosis
from .examine import check

__all__ = ["Diagnosis", "check"]
