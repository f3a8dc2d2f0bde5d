"""Functions of single entries: how torch's own is asked for a stack, and on what numbers a rule is verified.

Shapes: x (..., B, C); a constant is one number for all models or holds one per model (...).
"""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from .rule import Sample, away_from, model, normal


def model_by_model(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """torch's function for constants that may differ per model: it takes plain numbers alone."""

    def reference(x: Tensor, **constants: Any) -> Tensor:
        if not any(isinstance(c, Tensor) and c.ndim for c in constants.values()):
            return function(x, **{name: float(c) for name, c in constants.items()})
        models = [reference(x[m], **{name: model(c, m) for name, c in constants.items()}) for m in range(len(x))]
        return torch.stack(models)

    return reference


def elementwise(*kinks: float, **constants: float) -> Callable[..., Iterator[Sample]]:
    """Samples with the default constants and with the given ones, the same for all models and one per model.

    Matrices away from the kinks, a wide range, and the kinks themselves. Models scale all their constants by one
    factor of their own, a binary fraction, so that a kink at a ratio of two constants stays where it is.
    """

    def samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
        factors = 1 + torch.arange(lead_size(lead), dtype=torch.float64).view(lead) / 4
        per_model = {name: value * factors for name, value in constants.items()}
        wide = torch.linspace(-30, 30, 8, dtype=torch.float64).expand(*lead, 1, 8).clone()
        at_kinks = [torch.full((*lead, 2, 2), kink, dtype=torch.float64) for kink in kinks]
        yield Sample((away_from(2 * normal((*lead, 1, 5), generator), *kinks),))
        yield Sample((wide,))
        choices: list[dict[str, Any]] = [{}, constants, per_model] if constants else [{}]
        for chosen in choices:
            yield Sample((away_from(2 * normal((*lead, 4, 3), generator), *kinks),), chosen)
            for x in at_kinks:
                yield Sample((x,), chosen, smooth=False)

    return samples


def lead_size(lead: tuple[int, ...]) -> int:
    """How many models the leading dimensions hold."""
    return torch.Size(lead).numel()
