"""What is compared: gradients by hand and by autograd, and steps with and without a learning rate."""

from dataclasses import replace

from ...training.setting import Setting

BASE = Setting(hidden=(32,), epochs=2)
HAND, AUTOGRAD = "1,000 steps, by hand", "1,000 steps, autograd"
SOURCES = {HAND: "manual", AUTOGRAD: "autograd"}
THOUSAND = replace(BASE, steps=1000, batch_size=32)
KINDS = {
    "one hidden layer": BASE,
    "four hidden layers": replace(BASE, hidden=(32,) * 4),
    "pixels from 0 to 255": replace(BASE, inputs="0 to 255"),
}
ARMS = {
    **dict.fromkeys(SOURCES, THOUSAND),
    **{f"{kind}, rate 1": replace(setting, lr=1.0) for kind, setting in KINDS.items()},
    **{f"{kind}, own rate": setting for kind, setting in KINDS.items()},
}
GRIDS = {kind: (0.03, 0.1, 0.2, 0.4, 0.8) for kind in KINDS} | {
    "pixels from 0 to 255": (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03)
}
TUNED = {f"{kind}, own rate": ("lr", grid) for kind, grid in GRIDS.items()}
WATCHED = "one hidden layer, own rate"
SMALL, CONVEX, STEPS = "136 parameters", "softmax regression", "1,000 steps side by side"
