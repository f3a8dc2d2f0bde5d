"""What the doctor found: plain values, which print as two or three lines.

Shapes: none; tensors stay with the examination.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

RIGHT = ("right", "rounding")
CAUSES = (
    *RIGHT,
    *("transposed", "not summed after broadcasting", "wrong axis", "sign", "factor", "zero", "mask", "missing term"),
    *("missing factor", "diagonal only", "stale", "in place", "precision", "detached", "forward differs"),
    *("wrong shape", "missing gradient", "non-finite", "other"),
)


@dataclass(frozen=True)
class Gradient:
    """One gradient: its name, its worst scaled error, where that was, and what is wrong with it by itself.

    index: the entry of the largest deviation, with what was returned there and what is true; probe: on which inputs,
    "" for what was given; witnesses: who says what is true.
    """

    name: str
    cause: str
    error: float | None  # None: it cannot be compared, or is not finite
    detail: str = ""
    where: str = ""
    index: tuple[int, ...] = ()
    ours: float | None = None
    true: float | None = None
    probe: str = ""
    witnesses: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """cause: one of CAUSES; detail: which factor, which term ...; gradients: one row each; text: what is printed."""

    cause: str
    detail: str = ""
    where: str = ""
    gradients: tuple[Gradient, ...] = field(default=())
    text: str = ""

    def __post_init__(self) -> None:
        if self.cause not in CAUSES:
            raise ValueError(f"cause {self.cause!r} must be one of {', '.join(CAUSES)}")

    @property
    def right(self) -> bool:
        return self.cause in RIGHT

    def __str__(self) -> str:
        return self.text

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: no NaN, no infinity."""
        return {"right": self.right, **asdict(self)}
