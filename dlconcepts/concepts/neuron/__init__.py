"""What does one neuron do, and what do its weights and its bias tell?

A neuron (node, unit) multiplies each of its inputs by a weight, adds the products and one number more, its bias, and
passes the sum through an activation function. Each weight belongs to a connection, from an input or from a neuron of
the layer before. Weights and biases are the parameters: training changes them so that the loss falls. It is tempting
to read them: a large weight is an important connection, one near 0 could be missing, a negative one lowers the output.
This run takes connections away, one at a time and by the thousand, trains networks with and without biases, and looks
after each single step whether the loss did fall.
"""

from .arms import ARMS, TUNED
from .experiment import in_torch, measure
from .figure import alt, draw
from .verdicts import verdicts

__all__ = ["ARMS", "TUNED", "alt", "draw", "in_torch", "measure", "verdicts"]
