"""What does an optimizer do with a gradient, and is there a best one?

Backpropagation finds in which direction the loss rises; an optimizer makes a step of it. Plain gradient descent (SGD)
goes against the gradient itself. Momentum and Nesterov's momentum go along a decaying sum of past gradients, which
gathers speed along a valley and may swing across it; Nesterov's looks ahead and swings less. Adagrad, RMSprop, Adam and
AdamW divide each weight's step by the size that this weight's gradients have had. Such a division changes what a
learning rate means, and yet many a figure gives all of them the same one. This run sends the seven down two surfaces,
and down one of them once more with its valley turned, and trains them on MNIST at a low and at a high rate for all and
at each one's own best rate.
"""

from .arms import ARMS, TUNED
from .experiment import in_torch, measure
from .figure import alt, draw
from .verdicts import verdicts

__all__ = ["ARMS", "TUNED", "alt", "draw", "in_torch", "measure", "verdicts"]
