"""What does the activation function do for a network, and can we do without?

An activation function bends what a layer computes. Without one, every layer is an affine map, and affine maps after
one another are again a single affine map, so a deep network draws the same straight borders as one with no hidden
layer. This run trains networks that differ in nothing but their activation, each at its own best learning rate,
looks whether the linear ones really collapse into one map, and counts how often a unit is silent, that is exactly 0.
Then it asks which activation to take: nine of them with two and with six hidden layers, how much of the gradient
reaches the first layer, and how many units end up silent for every digit.
"""

from .arms import ARMS, TUNED
from .experiment import in_torch, measure
from .figure import alt, draw
from .verdicts import verdicts

__all__ = ["ARMS", "TUNED", "alt", "draw", "in_torch", "measure", "verdicts"]
