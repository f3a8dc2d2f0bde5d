"""What is compared: batch sizes within the same epochs and the same steps, at two kinds of rate."""

from dataclasses import replace

from ...training.setting import Setting

SIZES = (8, 32, 128, 512, 2048)
SMALL, MIDDLE, LARGE = 8, 128, 2048
BUDGETS = {  # 31,250 steps at size 8, which are slow in a wider network, and 204,800 examples at size 2048
    "epochs": Setting(hidden=(32,), schedule="cosine", epochs=5),
    "steps": Setting(hidden=(32,), schedule="cosine", steps=100),
}
ONE_RATE = {"epochs": 0.5, "steps": 0.5}  # what the search finds for the middle size; the other sizes in proportion
OWN, SCALED = "own rate", "one rate scaled"


def arm(budget: str, B: int, rates: str = OWN) -> str:
    """The arm's label. The middle size is in both lines: its own rate is the one that is scaled."""
    return f"same {budget}, {B}" + (", scaled" if rates == SCALED and B != MIDDLE else "")


ARMS = {
    arm(budget, B, rates): replace(base, batch_size=B, lr=ONE_RATE[budget] * B / MIDDLE)
    for rates in (OWN, SCALED)
    for budget, base in BUDGETS.items()
    for B in SIZES
}
GRID = (0.03, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
TUNED = {arm(budget, B): ("lr", GRID) for budget in BUDGETS for B in SIZES}
WATCHED = arm("epochs", MIDDLE)  # the noise is measured in its networks
AMONG = 1024  # examples that mini-batches are drawn from
FAR_BELOW = (8, 16, 32, 64)  # a sixteenth of them at most
EVERY = (*FAR_BELOW, 128, 256, 512, 896)
ONCE = "trained, no example twice"
SPEEDS = (2, 8, 32, 128, 512, 2048, 8192)
NETWORKS = {"fully connected": BUDGETS["epochs"], "convolution": Setting(hidden=(32,), filters=(4,))}
