"""Exercises for the gradient doctor: for every rule a file with the forward given and the backward to be written.

Shapes: those of the rule.
"""

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable
from difflib import get_close_matches
from types import ModuleType

from ..glossary.source_code import docstring
from ..rules import rules
from ..rules.verify import gradient_names
from .gradients.reference import rule_name
from .gradients.textbook import functions

# from easy to hard; a rule that is not listed comes last
ORDER = [
    *("identity", "residual connection", "linear without bias", "linear", "sigmoid", "tanh", "step", "relu"),
    *("leaky relu", "elu", "flatten"),
    *("mean squared error", "mean absolute error", "L2 penalty", "L1 penalty", "elastic net", "dropout", "huber"),
    *("hard sigmoid", "hardswish", "selu", "silu", "softplus", "gelu", "gelu tanh", "mish", "glu", "swiglu", "prelu"),
    *("binary cross-entropy on logits", "binary cross-entropy", "focal loss", "negative log-likelihood"),
    *("KL divergence", "softmax", "log-softmax", "cross-entropy", "smoothed cross-entropy", "hinge"),
    *("residual block", "batch norm in evaluation", "rms norm", "layer norm"),
    *("batch norm without parameters", "batch norm", "batch norm of images in evaluation", "batch norm of images"),
    *("group norm", "global average pooling", "average pooling", "adaptive average pooling", "max pooling"),
    *("convolution without bias", "convolution", "embedding", "attention", "multi-head attention", "recurrent cell"),
    *("gated recurrent unit",),
]
TEMPLATE = '''"""Exercise {place}, {name}: {gist}.

{shapes}

The forward is given. Write its backward: {upstream} is the gradient that arrives from above, shaped as the forward's
value, and {saved} is what the forward saved. You may read the shapes without their "...".
Then run this file, or

    dlconcepts check {file}

Stuck? dlconcepts practice --solution \'{name}\'
"""

{imports}

LIKE = "{name}"  # what the doctor compares with, and on whose samples


{forward}


{head}
    """{asked}"""
    {empty}


if __name__ == "__main__":
    from dlconcepts.commands.cli import main

    raise SystemExit(main(["check", __file__]))
'''
EMPTY = 'raise NotImplementedError("the backward is yours to write")'


def exercises() -> list[str]:
    """All rules, from easy to hard."""
    return sorted(rules, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))


def title(text: str) -> str | None:
    """The rule's name in the table, for a name with spaces, hyphens or underscores."""
    return rule_name(text)


def unknown(text: str) -> str:
    near = get_close_matches(text, list(rules), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"{text!r}: expected a rule, see dlconcepts practice --list{hint}"


def file_name(name: str) -> str:
    return name.lower().replace(" ", "_").replace("-", "_") + ".py"


def listing() -> str:
    """A line per exercise: its number, its name, what the forward is."""
    rows = [f"{k:3}  {name:36}{gist(name)}" for k, name in enumerate(exercises(), 1)]
    return "\n".join(
        [*rows, "", "dlconcepts practice 'softmax' writes practice/softmax.py; quote names that have spaces"]
    )


def gist(name: str) -> str:
    return docstring(rules[name].forward).splitlines()[0].split(". ")[0].rstrip(".")


def after(name: str) -> str:
    """What to do when an exercise is done."""
    following = exercises()[exercises().index(name) + 1 :]
    return f"Next: dlconcepts practice '{following[0]}'" if following else "That was the last exercise."


def exercise(name: str) -> str:
    """The file: forward given, shapes, the equation's left side, an empty backward, and how to go on."""
    rule = rules[name]
    number, module = exercises().index(name) + 1, module_of(rule.forward)
    upstream, *saved = inspect.signature(rule.backward).parameters
    asked = ", ".join(f"{g} = ?" for g in asked_for(name))
    head = source(rule.backward).split('"""')[0].rstrip()
    return TEMPLATE.format(
        place=f"{number} of {len(rules)}",
        name=name,
        gist=gist(name),
        shapes=shapes(module),
        upstream=upstream,
        saved=", ".join(saved) or "nothing",
        file=file_name(name),
        imports=imports(name),
        forward=source(rule.forward),
        head=head,
        asked=asked,
        empty=EMPTY,
    )


def module_of(function: Callable) -> ModuleType:
    return sys.modules[function.__module__]


def source(function: Callable) -> str:
    """A function's text without its decorators: half precision is no part of an exercise."""
    text = textwrap.dedent(inspect.getsource(function)).strip()
    return text[text.index("def ") :]


def asked_for(name: str) -> list[str]:
    """The left sides: dx, dW ..., as many as the backward returns."""
    from .gradients.reference import count

    return gradient_names(rules[name])[: count(rules[name])]


def shapes(module: ModuleType) -> str:
    """The shapes' lines of the rule's file."""
    text = docstring(module)
    return "Shapes: " + text.split("\nShapes: ")[1].split("\nSource")[0].strip()


def imports(name: str) -> str:
    """What the forward and the annotations use of their module, as import lines."""
    rule = rules[name]
    module = module_of(rule.forward)
    backward_head = source(rule.backward).split('"""')[0] + " pass"
    trees = [ast.parse(source(rule.forward)), ast.parse(backward_head)]
    used = {n.id for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Name)}
    used -= {rule.forward.__name__, rule.backward.__name__}
    plain: list[str] = []
    chosen: dict[str, list[str]] = {}
    for word in sorted(used & vars(module).keys()):
        value = vars(module)[word]
        if isinstance(value, ModuleType):
            plain.append(f"import {value.__name__}")
        else:
            chosen.setdefault(home(word, value, module), []).append(word)
    plain = list(dict.fromkeys(["import torch", *plain]))
    lines = [
        f"from {place} import {', '.join(words)}"
        for place, words in sorted(chosen.items(), key=lambda c: c[0] != "torch")
    ]
    return "\n".join([*plain, *lines])


def home(word: str, value: object, module: ModuleType) -> str:
    """The module that a name is best imported from."""
    if word == "Tensor":
        return "torch"
    return value.__module__ if inspect.isfunction(value) else module.__name__


def solution(name: str) -> str:
    """Ours: the backward and what it is made of, with the derivation that stands in their docstrings."""
    rule = rules[name]
    parts = [f"# {name}: {gist(name)}.", f"# from {module_of(rule.backward).__name__}"]
    for function in functions(rule.backward).values():
        parts.append(source(function))
    return "\n\n".join(parts)
