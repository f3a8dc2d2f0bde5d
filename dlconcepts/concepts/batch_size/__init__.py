"""How many examples should a network see before each change of its weights?

The batch size is the number of examples in one forward and backward pass. The loss is their mean, so the gradient is
the mean of theirs: an estimate of the gradient over all examples, cheap and noisy where the batch is small, dear and
exact where it is large. This run counts the examples, adds up the memory that a batch occupies, measures how the
noise falls and how the speed rises with the size, and lets five sizes compete: once with the same number of epochs,
so that all see as many examples, and once with the same number of steps, so that all change their weights equally
often.
"""

from .experiment import ARMS as ARMS
from .experiment import BUDGETS as BUDGETS
from .experiment import EVERY as EVERY
from .experiment import MIDDLE as MIDDLE
from .experiment import NETWORKS as NETWORKS
from .experiment import ONCE as ONCE
from .experiment import ONE_RATE as ONE_RATE
from .experiment import SIZES as SIZES
from .experiment import SPEEDS as SPEEDS
from .experiment import TIMED as TIMED
from .experiment import TUNED as TUNED
from .experiment import WATCHED as WATCHED
from .experiment import alt as alt
from .experiment import arm as arm
from .experiment import draw as draw
from .experiment import in_torch as in_torch
from .experiment import measure as measure
from .experiment import title as title
from .experiment import verdicts as verdicts
