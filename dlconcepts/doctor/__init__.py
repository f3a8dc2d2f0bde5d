"""The gradient doctor: what is wrong with a backward that somebody wrote by hand? `check` is the door."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .gradients.diagnosis import Diagnosis
    from .gradients.examine import check

__all__ = ["Diagnosis", "check"]


def __getattr__(name: str) -> Any:
    """Imported when asked for: the process that guards foreign code needs no torch."""
    if name == "check":
        from .gradients.examine import check

        return check
    if name == "Diagnosis":
        from .gradients.diagnosis import Diagnosis

        return Diagnosis
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
