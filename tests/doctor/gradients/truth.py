"""What autograd and differences say about a case: the truth that its labels are held against, not a diagnosis."""

import inspect
from functools import cache

import torch

SEEDS = range(20)


def upstream(y, seed):
    return torch.randn(y.shape, generator=torch.Generator().manual_seed(1000 + seed), dtype=torch.float64).to(y.dtype)


def floating(inputs):
    return [x for x in inputs if x.is_floating_point()]


def value(function, inputs):
    """y of a forward of either convention."""
    y = function(*inputs)
    return y[0] if isinstance(y, tuple) else y


def leaves(inputs):
    return [x.detach().clone().requires_grad_(x.is_floating_point()) for x in inputs]


def autograd_of(function, inputs, seed):
    """The gradients by every floating-point input, None where autograd sees no path."""
    x = leaves(inputs)
    torch.manual_seed(seed)
    y = value(function, [a.clone() for a in x])  # clones: a forward in place may not change a leaf
    if not y.requires_grad:
        return [None for _ in floating(x)]
    return torch.autograd.grad(y, floating(x), upstream(y, seed), allow_unused=True)


def by_hand(case, inputs, seed):
    """What the case's own functions give, in the order of the floating-point inputs."""
    if isinstance(case.backward, type):
        return autograd_of(case.backward.apply, inputs, seed)
    torch.manual_seed(seed)
    y = case.forward(*inputs)
    saved = inputs
    if isinstance(y, tuple):
        y, saved = y
    given = case.backward(upstream(y, seed), *saved)
    given = given if isinstance(given, tuple) else (given,)
    count = len(floating(inputs))
    return [*given[:count], *[None] * (count - len(given))]


def truth(case, inputs, seed):
    """By autograd; by differences where autograd cannot see all of the forward."""
    if case.like is None and (case.cause == "detached" or not has_graph(case, inputs)):
        return differences(case.forward, inputs, seed)
    found = autograd_of(case.like or case.forward, inputs, seed)
    return [torch.zeros_like(x) if g is None else g for g, x in zip(found, floating(inputs), strict=True)]


def has_graph(case, inputs):
    """Can autograd go through any of the forward?"""
    return value(case.forward, leaves(inputs)).requires_grad


def differences(function, inputs, seed, h=1e-3):
    """The five-point stencil, entry by entry."""

    def gradient(which):
        flat = torch.empty(inputs[which].numel(), dtype=torch.float64)
        for entry in range(len(flat)):
            total = 0.0
            for step, weight in [(-2, 1 / 12), (-1, -2 / 3), (1, 2 / 3), (2, -1 / 12)]:
                moved = [x.clone() for x in inputs]
                moved[which].view(-1)[entry] += step * h
                y = value(function, moved)
                total = total + weight / h * (y * upstream(y, seed)).sum()
            flat[entry] = total
        return flat.view(inputs[which].shape)

    return [gradient(i) for i, x in enumerate(inputs) if x.is_floating_point()]


def error(given, right):
    """The largest difference over the largest right entry; infinite for another shape, dtype or None."""
    if given is None or given.shape != right.shape or given.dtype != right.dtype:
        return float("inf")
    if not right.numel():
        return 0.0
    off = (given - right).abs().amax() / right.abs().amax().clamp_min(1e-300)
    return float(off.nan_to_num(float("inf")))


def names(case):
    """dx, dW, ... of the inputs that have a gradient."""
    inputs = drawn(case, 0)
    arguments = inspect.signature(case.forward).parameters
    return [f"d{name}" for name, x in zip(arguments, inputs, strict=False) if x.is_floating_point()]


def drawn(case, seed):
    return case.inputs(torch.Generator().manual_seed(seed))


def tolerance(inputs):
    return 1e-5 if any(x.dtype == torch.float32 for x in inputs) else 1e-12


@cache
def compared(case, seed):
    """gradient's name -> (given, right), each from its own copy of the inputs."""
    if case.forget:
        case.forget()
    return called(case, seed)


def called(case, seed):
    """The same, whatever earlier calls left behind."""
    inputs = drawn(case, seed)
    given = by_hand(case, [x.clone() for x in inputs], seed)
    return dict(zip(names(case), zip(given, truth(case, inputs, seed), strict=True), strict=True))
