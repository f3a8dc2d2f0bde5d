"""What is compared: forms of the pixels at shared rates and each at its own, and normalization layers."""

from dataclasses import replace

from ...training.setting import Setting

BASE = Setting(hidden=(128,), schedule="cosine", epochs=1)  # one epoch: what is faster is ahead after a short time
# Two rates to share: Setting's default, which suits pixels from 0 to 1, and one that suits those from 0 to 255.
SHARED, SMALL, OWN = "shared rate", "small shared rate", "own rate"
LR = {SHARED: 0.1, SMALL: 0.001, OWN: 0.1}  # each own one is tuned
FORMS = ("0 to 255", "0 to 1", "standardized")
CLEAN = ("min-max by pixel", "standardized by pixel")
GLITCHES = ("glitches, min-max by pixel", "glitches, standardized by pixel", "glitches, quantiles by pixel")
LAYERS = {"no norm": "none", "batch norm": "batch norm", "layer norm": "layer norm"}
LABELS = {(form, rate): f"{form}, {rate}" for form in FORMS + GLITCHES for rate in (SHARED, OWN)}
LABELS |= {(form, rate): f"{form}, {rate}" for rate, forms in [(SMALL, FORMS), (OWN, CLEAN)] for form in forms}
ARMS = {label: replace(BASE, inputs=form, lr=LR[rate]) for (form, rate), label in LABELS.items()} | {
    name: replace(BASE, normalization=norm) for name, norm in LAYERS.items()
}
GRID = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
TUNED: dict[str, tuple[str, tuple[float, ...]]] = {label: ("lr", GRID) for label in ARMS if label.endswith(OWN)}
TUNED[LABELS[GLITCHES[0], OWN]] = ("lr", (*GRID[3:], 10.0, 30.0))  # most of its pixels are 16 times smaller
RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
MORE = dict.fromkeys(LAYERS, len(RATES))
BATCH = 4  # so small a batch has statistics of its own
BY_HAND = "scaled by hand"
