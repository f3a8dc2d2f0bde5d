"""How long should a network train, and what changes from one epoch to the next?

An epoch is one round through all training examples, cut into batches: each example is seen once, and each batch ends
in one change of the weights. One round is not enough, so there are many, and the loss on the training examples goes on
falling, first because the network finds out what digits look like, then because it learns these very digits by heart.
On digits that it has not seen the loss turns at some epoch and rises again. This run trains on 1,000 digits and on all
of them, to the end and with early stopping, which keeps the weights of the epoch with the lowest validation loss.
"""

from .arms import ARMS, TUNED
from .experiment import in_torch, measure
from .figure import alt, draw
from .verdicts import verdicts

__all__ = ["ARMS", "TUNED", "alt", "draw", "in_torch", "measure", "verdicts"]
