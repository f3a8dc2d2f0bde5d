"""How large should a step be, and how does one see that it is too large?

Gradient descent subtracts the gradient times the learning rate. Too small a rate wastes the budget; too large a one
jumps over the valley. On a parabola, and near a minimum when each step sees all examples, every jump ends higher up
than the last above a rate of twice the inverse of the largest curvature: the edge. A network's curvature changes while
it trains, so its loss may rise earlier, and may fall again; far too large a rate ends training, or silences every ReLU
unit for good. This run trains one network at nine rates, holds the predicted edge against the measured one, for
softmax regression at its minimum and for a network from its first weights, and compares seven schedules at one peak
and at each one's own.
"""

from .arms import ARMS, TUNED
from .experiment import in_torch, measure
from .figure import alt, draw
from .verdicts import verdicts

__all__ = ["ARMS", "TUNED", "alt", "draw", "in_torch", "measure", "verdicts"]
