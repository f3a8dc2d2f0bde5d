"""Who should say what to look for in an image: its programmer, or the examples?

One can sort digits by rules, written down by looking at some. One can measure what seems to matter, loops, width,
strokes, and let a linear classifier weigh it: the classic way, in which the programmer extracts features. Or one gives
a network the bare pixels and lets it find its own features. This run climbs a ladder of training sets, from 100 digits
to 50,000, with all of them: rules, eleven measurements, histograms of oriented gradients (HOG, the usual features
before deep networks took their place), pixels, nearest neighbours, a network with one hidden layer (MLP), a small
convolutional one (CNN). Each seed has its own digits; all learners of a size have the same number of steps, from 400
with 100 digits (200 epochs) to 4,000 with 50,000 (4 epochs).

Rules and nearest neighbours are not trained, and have no random start: rules are the same for all seeds, neighbours
differ by the digits they know, so with all 50,000 not at all. The CNN is trained for half of the seeds. Its two layers
of 3 x 3 kernels and their pooling are hand-written like all else.

The loop rule gets a run of its own: a zero's largest loop takes most of its height, a six's takes little of it or has
filled up. Where is the cut-off?
"""

from .arms import ARMS, TUNED
from .experiment import in_torch, measure
from .figure import alt, draw
from .verdicts import verdicts

__all__ = ["ARMS", "TUNED", "alt", "draw", "in_torch", "measure", "verdicts"]
