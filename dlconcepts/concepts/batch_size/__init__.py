"""How many examples should a network see before each change of its weights?

The batch size is the number of examples in one forward and backward pass. The loss is their mean, so the gradient is
the mean of theirs: an estimate of the gradient over all examples, cheap and noisy where the batch is small, dear and
exact where it is large. This run counts the examples, adds up the memory that a batch occupies, measures how the
noise falls and how the speed rises with the size, and lets five sizes compete: once with the same number of epochs,
so that all see as many examples, and once with the same number of steps, so that all change their weights equally
often.
"""

from .arms import ARMS, TUNED
from .experiment import in_torch, measure
from .figure import alt, draw
from .verdicts import TIMED, verdicts

__all__ = ["ARMS", "TIMED", "TUNED", "alt", "draw", "in_torch", "measure", "verdicts"]
