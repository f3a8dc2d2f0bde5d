"""How does a network find out what each of its weights has to do with the loss?

A forward pass ends in one number, the loss. The chain rule says how it would change if any number on the way were a
little larger: the gradient by a layer's input is the gradient by its output times the layer's derivative, its Jacobian.
Back-propagation walks from the loss to the first layer, handing on one number for each unit, and picks up each weight's
gradient as it passes: the input that the weight saw times the gradient behind it. This run follows one digit through a
network of 136 parameters, number by number; compares the gradients with torch.autograd's, with a sum over
every path from a weight to the loss, and with finite differences; and trains with them for a thousand steps beside
autograd. It asks what the last layer's gradients tell about those before, whether it is enough to subtract the
gradient, and where that ends.
"""

from .arms import ARMS, TUNED
from .experiment import in_torch, measure
from .figure import alt, draw
from .verdicts import verdicts

__all__ = ["ARMS", "TUNED", "alt", "draw", "in_torch", "measure", "verdicts"]
