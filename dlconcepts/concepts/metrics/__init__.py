"""By what number does one tell whether a network is any good?

A metric sums up how well a network performs on examples, best on some that it has not been trained on: accuracy,
precision, recall, F1, a loss. Several of these words mean something else where things are measured with instruments:
there accuracy is closeness to a known value, and precision closeness of repeated measurements. This run takes one kind
of network, trained twenty times in ten pairs, and answers that are of no use, such as "always 1", and measures all of
them in both meanings. It moves the threshold of each digit between precision and recall, makes one digit rare until a
useless answer has the higher accuracy, and gives the digits other names, which no measure of their recognition should
notice.
"""

from .experiment import AGAIN as AGAIN
from .experiment import ALWAYS_NO as ALWAYS_NO
from .experiment import ALWAYS_ONE as ALWAYS_ONE
from .experiment import ARMS as ARMS
from .experiment import MORE as MORE
from .experiment import NETWORK as NETWORK
from .experiment import PAIRS as PAIRS
from .experiment import REPEATED as REPEATED
from .experiment import TUNED as TUNED
from .experiment import alt as alt
from .experiment import draw as draw
from .experiment import f1_at as f1_at
from .experiment import in_torch as in_torch
from .experiment import measure as measure
from .experiment import observe as observe
from .experiment import title as title
from .experiment import verdicts as verdicts
from .experiment import wrong as wrong
