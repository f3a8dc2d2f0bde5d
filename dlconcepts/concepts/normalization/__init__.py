"""Does it help to bring numbers to a common scale before a network learns from them, and inside of it?

A network multiplies its inputs by weights, and the slope by a weight is as large as the input that meets it. Numbers
of very different size therefore ask for learning rates of very different size. Normalization brings them to one scale:
min-max scaling to a range from 0 to 1, standardization to mean 0 and standard deviation 1, both with statistics of the
training data; batch norm and layer norm do the same to what a layer gets, at every step. This run asks how much of the
gain is left when each form of the pixels gets a learning rate of its own, what a sensor's glitches do to min-max
scaling, and how many learning rates work with and without a normalization layer.
"""

from .arms import ARMS, MORE, TUNED
from .experiment import in_torch, measure
from .figure import alt, draw
from .verdicts import verdicts

__all__ = ["ARMS", "MORE", "TUNED", "alt", "draw", "in_torch", "measure", "verdicts"]
