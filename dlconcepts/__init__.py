"""A deep-learning glossary you can run: every term by hand, verified, and measured on MNIST."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .doctor import check as check

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """dlconcepts.check, imported when it is asked for: it needs torch."""
    if name == "check":
        from .doctor import check

        return check
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
