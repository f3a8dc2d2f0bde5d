"""Every kind of network and training that a Setting describes, small: for tests that must hold for all of them."""

from dataclasses import replace

from dlconcepts.rules.activation import rules as activations
from dlconcepts.rules.learning_rate import schedules
from dlconcepts.rules.loss import rules as losses
from dlconcepts.rules.optimizer import optimizers
from dlconcepts.training.setting import Setting

SHORT = Setting(hidden=(12,), epochs=2, batch_size=50, lr=0.05)
KINDS = {
    "no hidden layer": {"hidden": ()},
    "three hidden layers": {"hidden": (12, 9, 7)},
    "no biases": {"hidden": (12, 9), "bias": False},
    "no biases, layer norm": {"bias": False, "normalization": "layer norm"},
    "no biases, adam": {"bias": False, "optimizer": "adam", "lr": 0.01},
    "batch norm": {"normalization": "batch norm"},
    "layer norm": {"normalization": "layer norm"},
    "rms norm": {"normalization": "rms norm"},
    "dropout": {"hidden": (12, 8), "dropout": 0.3},
    "L1 and L2": {"l1": 1e-3, "l2": 1e-2},
    "proximal L1": {"proximal_l1": 1e-2},
    "weight decay": {"weight_decay": 0.1},
    "label smoothing": {"label_smoothing": 0.2},
    "clipping": {"clip_norm": 0.1},
    "he normal": {"initial": "he normal"},
    **{f"schedule {name}": {"schedule": name} for name in schedules if name != "constant"},
    "convolution": {"filters": (2,), "hidden": (6,), "batch_size": 100, "steps": 5},
    "two convolutions, batch norm": {
        **{"filters": (2, 3), "hidden": (), "normalization": "batch norm", "batch_size": 100, "steps": 4}
    },
    **{f"activation {name}": {"activation": name} for name in activations if name != "prelu"},
    "squared error of a softmax": {"loss": "mean squared error", "output": "softmax"},
    **{f"loss {name}": {"loss": name} for name in losses},
    **{f"optimizer {name}": {"optimizer": name, "lr": 0.01} for name in optimizers},
}


def arms(kind):
    """Two models that differ in the numbers that a stack may differ in."""
    one = replace(SHORT, **KINDS[kind])
    other = replace(one, lr=one.lr / 2, l2=one.l2 * 2, dropout=one.dropout / 2, clip_norm=one.clip_norm * 3)
    return {"one": one, "other": other}
