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

from .experiment import ARMS as ARMS
from .experiment import NOTHING as NOTHING
from .experiment import TUNED as TUNED
from .experiment import alt as alt
from .experiment import apart as apart
from .experiment import draw as draw
from .experiment import everyday_torch as everyday_torch
from .experiment import in_torch as in_torch
from .experiment import knows as knows
from .experiment import measure as measure
from .experiment import observe as observe
from .experiment import powers as powers
from .experiment import title as title
from .experiment import verdicts as verdicts
