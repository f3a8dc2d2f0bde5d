"""Which loss should a classifier minimize, and when does the choice matter?

A loss says how wrong the answer to one example is. The cost is its mean over all examples, and a step of training
follows the slope of its mean over one mini-batch. This run takes the slopes apart in float64, looks at what each loss
still says to a network that is certain and wrong, trains with squared error and with both cross-entropies, each at its
own best learning rate, and then exchanges a fifth and two fifths of the training labels for wrong ones.

What a loss compares is part of it. Cross-entropy has its softmax inside and binary cross-entropy its sigmoid, one for
each of ten yes-or-no questions. Squared and absolute error compare numbers, here with the one-hot row of the class:
squared error once with the sums as they are, as in regression, and both with the probabilities of a softmax. The
learning rate is chosen by accuracy on a validation split whose labels are all true. Noisy data seldom offer that, so
every loss looks better here than it would there.
"""

from .arms import ARMS, TUNED
from .experiment import in_torch, measure
from .figure import alt, draw
from .verdicts import verdicts

__all__ = ["ARMS", "TUNED", "alt", "draw", "in_torch", "measure", "verdicts"]
