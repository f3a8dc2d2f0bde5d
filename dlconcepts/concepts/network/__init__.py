"""What is a network made of, what goes through it, and is it better deep or wide?

Units stand in layers, and each layer's activations are the next one's inputs. The input layer is only a name for the
numbers that come in; each unit of a hidden layer weighs all of them, adds its bias and bends the sum; the output layer
gives as many values as are wanted. This run builds a network small enough to read every number of: four inputs, hidden
layers of 4, 5, 6, 4 and 3 units, three outputs. It learns to tell zeros, ones and sixes apart by the brightness of the
four quarters of an image. Then it asks what is said of such networks: which shapes they take, which units hear of
which, whether a pass in training is the same as one in use, and what more layers buy with the same number of
parameters, each shape at its own learning rate.
"""

from .arms import ARMS, TUNED
from .experiment import in_torch, measure
from .figure import alt, draw
from .verdicts import verdicts

__all__ = ["ARMS", "TUNED", "alt", "draw", "in_torch", "measure", "verdicts"]
