"""Wrong and right gradients with what is true about each, written before any diagnosis of them.

The rules are split once and for all by a hash of their names, so that nobody chose: diagnoses are developed on two
thirds of them, and how good they are is measured on the third that was held back as well. `held_back` may be absent.
"""

from hashlib import sha256
from importlib import import_module
from pathlib import Path

from .case import Case

RULES = [
    *("relu", "leaky relu", "prelu", "elu", "selu", "gelu", "gelu tanh", "silu", "softplus", "sigmoid", "tanh"),
    *("mish", "hardtanh", "softmax", "log-softmax", "logsumexp", "cross-entropy", "mean squared error"),
    *("mean absolute error", "huber", "binary cross-entropy", "binary cross-entropy on logits", "hinge", "linear"),
    *("bias", "matrix product", "convolution", "max pooling", "average pooling", "flatten", "layer norm"),
    *("batch norm", "batch norm in evaluation", "rms norm", "dropout", "L1 penalty", "L2 penalty", "embedding"),
    *("attention", "rnn cell", "product", "quotient", "square root", "norm", "cumulative sum"),
]
SPLITS = ("developed", "held_back")


def split_of(rule: str) -> str:
    """The third of RULES whose names have the smallest SHA-256 is held back."""
    by_hash = sorted(RULES, key=lambda name: sha256(name.encode()).hexdigest())
    return "held_back" if rule in by_hash[: len(RULES) // 3] else "developed"


def file_of(rule: str) -> str:
    return rule.lower().replace(" ", "_").replace("-", "_")


def cases(split: str) -> list[Case]:
    """The cases of one split, rule by rule; none where its folder is absent."""
    files = {path.stem for path in (Path(__file__).parent / split).glob("*.py")}
    modules = [f"{__name__}.{split}.{file_of(rule)}" for rule in RULES if file_of(rule) in files]
    return [case for module in modules for case in import_module(module).CASES]
