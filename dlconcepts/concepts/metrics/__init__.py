"""By what number does one tell whether a network is any good?

A metric sums up how well a network performs on examples, best on some that it has not been trained on: accuracy,
precision, recall, F1, a loss. Several of these words mean something else where things are measured with instruments:
there accuracy is closeness to a known value, and precision closeness of repeated measurements. This run takes one kind
of network, trained twenty times in ten pairs, and answers that are of no use, such as "always 1", and measures all of
them in both meanings. It moves the threshold of each digit between precision and recall, makes one digit rare until a
useless answer has the higher accuracy, and gives the digits other names, which no measure of their recognition should
notice.
"""

from .arms import ARMS, MORE, TUNED
from .experiment import in_torch, measure
from .figure import alt, draw
from .verdicts import verdicts

__all__ = ["ARMS", "MORE", "TUNED", "alt", "draw", "in_torch", "measure", "verdicts"]
