"""Against what a backward is examined: its own forward, a function, or one of our rules with its samples.

Shapes: whatever the functions take.
"""

import inspect
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any

import torch
from torch import Tensor

from ...rules import rules
from ...rules.rule import Rule
from .evidence import Reference
from .patient import Patient, UnsuitableError, seeded
from .probes import Probe, copies
from .truth import floating

# inputs with these names have a gradient, but few backwards return it
WITHOUT_GRADIENT = {
    *("t", "target", "targets", "label", "labels", "y_true", "mask", "noise", "keep"),
    *("mean", "var", "running_mean", "running_var", "eps", "p", "lam"),
}


def rule_of(like: Any) -> Rule | None:
    """The rule that is meant by a name ("leaky relu" or leaky_relu) or given; None for a function or nothing."""
    if isinstance(like, str):
        name = rule_name(like)
        if name is None:
            near = get_close_matches(like, list(rules), n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise UnsuitableError(f"like={like!r}: expected a rule, one of {', '.join(rules)}{hint}")
        return rules[name]
    return like if isinstance(like, Rule) else None


def rule_name(text: str) -> str | None:
    """The table's name for a name with spaces, hyphens or underscores."""
    plain = {key(name): name for name in rules}
    return plain.get(key(text))


def key(text: str) -> str:
    return text.lower().replace("-", " ").replace("_", " ")


def reference_of(like: Any, rule: Rule | None, who: Patient) -> Reference:
    """The function whose gradient is the truth."""
    if rule is not None:
        return Reference(lambda *inputs, **constants: of_rule(rule, inputs, constants), own=False)
    if like is not None and not callable(like):
        raise UnsuitableError(f"like must be a rule's name or a function, got {type(like).__name__}")
    if like is not None:
        return Reference(lambda *inputs, **constants: value_of(like(*inputs, **constants)), own=False)
    return Reference(lambda *inputs, **constants: own_value(who, inputs, constants), own=True)


def own_value(who: Patient, inputs: Sequence, constants: dict) -> Tensor:
    """y of the reader's own forward, with a graph behind it where there is a way to have one that changes nothing."""
    y = who.forward(*copies(inputs), **constants)[0]
    if who.graph is None or not torch.is_grad_enabled():
        return y
    try:
        followed = value_of(seeded(who.graph, *inputs, **constants))
    except Exception:  # torch's NumPy lacks something that it uses
        return y
    same = isinstance(followed, Tensor) and followed.shape == y.shape
    return followed if same and torch.allclose(followed.detach(), y.detach(), rtol=1e-12, atol=1e-14) else y


def value_of(found: Any) -> Tensor:
    """y, of a forward that returns y or (y, saved)."""
    return found[0] if isinstance(found, tuple) else found


def of_rule(rule: Rule, inputs: Sequence, constants: dict) -> Tensor:
    """torch's own version; plain numbers among the inputs are the rule's constants."""
    names = list(inspect.signature(rule.forward).parameters)
    numbers = {n: x for n, x in zip(names, inputs, strict=False) if not isinstance(x, Tensor)}
    return rule.reference(*(x for x in inputs if isinstance(x, Tensor)), **numbers, **constants)


def samples(rule: Rule, forward: Callable) -> list[Probe]:
    """The rule's own samples, those whose constants the reader's forward takes; kinks are among them on purpose."""
    found = list(rule.samples((), torch.Generator().manual_seed(1)))
    taken = inspect.signature(getattr(forward, "forward", forward)).parameters
    anything = any(p.kind == p.VAR_KEYWORD for p in taken.values())
    chosen = [
        Probe("" if s.smooth else "the kinks", s.inputs, s.constants)
        for s in found
        if anything or set(s.constants) <= set(taken)
    ]
    if not chosen:
        needed = sorted({name for s in found for name in s.constants})
        raise UnsuitableError(f"the forward must take {', '.join(needed)} as well, as the rule does")
    return chosen


def wanted(who: Patient, rule: Rule | None, inputs: Sequence, returned: Sequence) -> list[int]:
    """The inputs whose gradient is asked for: those that require one, or what the rule returns, or all but targets."""
    positions = [i for i, x in enumerate(inputs) if floating(x)]
    required = [i for i in positions if inputs[i].requires_grad]
    if required:
        return required
    if rule is not None:
        return positions[: count(rule)]
    names = dict(enumerate(who.names))
    return [
        i for i in positions if names.get(i) not in WITHOUT_GRADIENT or (i < len(returned) and returned[i] is not None)
    ]


def count(rule: Rule) -> int:
    """How many gradients the rule's backward returns."""
    sample = next(iter(rule.samples((), torch.Generator().manual_seed(0))))
    y, saved = rule.forward(*sample.inputs, **sample.constants)
    return len(rule.backward(y, *saved))
