"""What is compared: learners on hand-made and on learned features, by number of training digits."""

from dataclasses import replace

from ...training.setting import Setting

RUNGS = {100: 400, 300: 600, 1_000: 1_000, 3_000: 1_500, 10_000: 2_500, 50_000: 4_000}  # training digits: steps
BASE = Setting(hidden=(), batch_size=50, schedule="cosine", validate_every=1_000)
LEARNERS = {
    "linear on measurements": replace(BASE, inputs="measurements"),
    "linear on pixels": BASE,
    "linear on HOG": replace(BASE, inputs="HOG"),
    "MLP": replace(BASE, hidden=(128,)),
    "CNN": replace(BASE, filters=(8, 16)),
}
LR = {  # for few digits and for many; a test holds them to what is found at the two sizes that are tuned
    "linear on measurements": (0.3, 1.0),
    "linear on pixels": (0.1, 0.3),
    "linear on HOG": (1.0, 1.0),
    "MLP": (0.5, 0.5),
    "CNN": (0.2, 0.2),
}
FEW, MANY = 300, 3_000  # the middle of either half of the ladder


def label(learner: str, n: int) -> str:
    """What a learner with so many training digits is called."""
    return f"{learner}, {n} digits"


ARMS = {
    label(learner, n): replace(setting, examples=n, steps=steps, lr=LR[learner][n >= MANY])
    for learner, setting in LEARNERS.items()
    for n, steps in RUNGS.items()
}
GRIDS = {
    "linear on measurements": (0.1, 0.3, 1.0, 3.0, 10.0),
    "linear on pixels": (0.01, 0.03, 0.1, 0.3, 1.0),
    "linear on HOG": (0.3, 1.0, 3.0, 10.0, 30.0),
    "MLP": (0.1, 0.2, 0.3, 0.5, 1.0),
    "CNN": (0.05, 0.1, 0.2, 0.3),
}
TUNED = {label(learner, n): ("lr", grid) for learner, grid in GRIDS.items() for n in (FEW, MANY)}
RULES, NEIGHBOURS = "rules", "nearest neighbours"
PIXELS = ("linear on pixels", NEIGHBOURS, "MLP", "CNN")  # nobody tells them what to look for
SWEPT = "gaps of 2 pixels closed"  # the way to close gaps that is shown
GAPS = {"loops as they are drawn": 0, SWEPT: 1, "gaps of 4 pixels closed": 2}
