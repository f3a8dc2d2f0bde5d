"""Does regularization overcome over-fitting, and what does a penalty do to the weights?

A network with more weights than examples can learn its training digits by heart; what it then knows of other digits is
less. The distance between its accuracy on both is the generalization gap. Regularization is what is done for the sake
of other digits, even at the cost of the training digits: a price on weights (L1, L2, both, or decay in the optimizer),
hidden values left out, softer targets, images moved about, an early end. Here a network of 100,000 weights gets 1,000
digits, each way alone, with its strength chosen on the validation split; the learning rate is the one that is best
without any, the same for all.

A narrow gap is not yet a gain: a network that learns nothing has none. So each way is asked for both, the gap and the
accuracy on test digits. The validation split's 10,000 digits serve only to choose strengths and the moment to stop,
but they are ten times as many as the training digits: who had them would train on them.

`l1` is lambda sum |w|, `l2` lambda / 2 sum w^2, Ridge's penalty: the square of the L2 norm, with another slope than
the norm's. `weight_decay` under plain gradient descent is L2 with the biases in it. The elastic net has half of L2's
own lambda, and the strength of its L1 part is the one that is tuned.
"""

from .arms import ARMS, TUNED
from .experiment import in_torch, measure
from .figure import alt, draw
from .verdicts import verdicts

__all__ = ["ARMS", "TUNED", "alt", "draw", "in_torch", "measure", "verdicts"]
