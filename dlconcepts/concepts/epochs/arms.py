"""What is compared: training to the end and early stopping, on few digits and on all."""

from dataclasses import replace

from ...training.setting import Setting

# One rate for all, and a constant one: a training that is stopped is then the beginning of the one that is not.
BASE = Setting(hidden=(128,), lr=0.3)
FEW, ALL = "1,000 digits", "all digits"
ARMS = {
    FEW: replace(BASE, examples=1000, epochs=100),
    f"{FEW}, stopped": replace(BASE, examples=1000, epochs=100, patience=10),
    ALL: replace(BASE, epochs=20),
    f"{ALL}, stopped": replace(BASE, epochs=20, patience=5),
}
TUNED: dict[str, tuple[str, tuple[float, ...]]] = {}
COUNTED = 1000  # examples of the epochs that are counted
SIZES = (64, 300, COUNTED)  # batches: a usual size, one with a remainder of another kind, all examples at once
