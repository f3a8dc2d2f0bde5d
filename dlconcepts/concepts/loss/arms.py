"""What is compared: five losses, three of them with wrong labels, too."""

from dataclasses import replace

from ...training.setting import Setting

BASE = Setting(hidden=(128,), examples=20_000, epochs=8, schedule="cosine")
KINDS = {
    "cross-entropy": BASE,
    "binary cross-entropy": replace(BASE, loss="binary cross-entropy on logits"),
    "squared error": replace(BASE, loss="mean squared error"),
    "squared error of softmax": replace(BASE, loss="mean squared error", output="softmax"),
    "absolute error of softmax": replace(BASE, loss="mean absolute error", output="softmax"),
}
NOISY = ("cross-entropy", "squared error of softmax", "absolute error of softmax")  # one output, three losses
SHARES = (0.0, 0.2, 0.4)  # of the training labels exchanged for another class


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def arm(name: str, share: float) -> str:
    """The label of a loss at a share of wrong labels."""
    return f"{name}, {percent(share)} wrong labels" if share else name


ARMS = KINDS | {arm(name, share): replace(KINDS[name], label_noise=share) for name in NOISY for share in SHARES[1:]}
GRIDS = {  # steps of 2 and 2.5: half decades cost some losses half a point. A softmax's squares have small slopes
    "cross-entropy": (0.1, 0.2, 0.5, 1.0, 2.0),
    "binary cross-entropy": (1.0, 2.0, 5.0, 10.0, 20.0),
    "squared error": (0.5, 1.0, 2.0, 5.0, 10.0),
    "squared error of softmax": (2.0, 5.0, 10.0, 20.0, 50.0),
    "absolute error of softmax": (2.0, 5.0, 10.0, 20.0, 50.0),
}
TUNED = {label: ("lr", GRIDS[label.split(",")[0]]) for label in ARMS}
