"""Training: many models at once, each as if it were alone.

Shapes: a batch x (M, B, I); a parameter (M, ...); losses and accuracies (M,).
See stacks.py for which models train together, and seeding.py for what makes arms comparable.
"""

# Over 200 lines, and one thing: one training, from its settings to its runs.

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any, Protocol

import torch
from torch import Tensor

from ..evidence.records import Run, finite, plain
from ..images.data_set import CLASSES, Data, Split
from ..images.pixel_forms import Forms
from ..manual.backprop import Params, forward
from ..manual.network import Layer, stack, unstack
from ..manual.targets import need_classes
from .batches import batches, feed
from .budget import epochs, need_batch, steps, steps_an_epoch
from .build import as_input, as_target, build, evaluation, evaluation_params, first_statistics
from .dark_pixels import PAYS, lit_first, sorted_weights, weights_of_images
from .fast.learners import ModelByModel, PlainDescent
from .fast.network import fast_network
from .history import History, copied, distance, mean_loss
from .memory import need_memory
from .one_thread import one_thread
from .seeding import start
from .setting import Setting
from .stacks import Model, stacks
from .step import Plan, Stack, advance, is_fast, is_plain_descent, numbers_of, optimizer_of, schedule_constants
from .workers import Workers

EVALUATED = 1000  # examples a forward pass when nothing is learned

Observe = Callable[[Model, list[Layer], Params, Data], dict[str, Any]]


class Store(Protocol):
    """Where finished stacks are kept, so that an interrupted training can go on."""

    def get(self, models: list[Model]) -> list[Run] | None: ...

    def put(self, models: list[Model], runs: list[Run]) -> None: ...


def train(
    settings: dict[str, Setting],
    seeds: list[int],
    data: Data,
    gradients: str = "manual",
    device: str = "cpu",
    observe: Observe | None = None,
    progress: Callable[[int], object] = lambda epochs: None,
    store: Store | None = None,
    workers: Workers | None = None,
) -> list[Run]:
    """One run per arm and seed, arms first.

    observe(model, network, params, data) sees each trained model as it is evaluated, with the data as it sees them
    (data.train are its own examples with the labels it was given), and returns plain numbers for `Run.extra`.
    progress(n) is told of every n model-epochs done; what `store` has is not trained again. `workers` may train in
    processes of their own, so observe must return what it sees, not leave it elsewhere. Raises ValueError for settings
    that do not fit the data and for labels that are no classes, MemoryError for a stack too large.
    """
    for label, setting in settings.items():
        need_batch(label, setting, len(data.train))
    for split in (data.train, data.validation, data.test):
        need_classes(split.y, CLASSES)
    groups = list(stacks(settings, seeds))
    for models in groups:
        need_memory([model.setting for model in models], data)
    found, missing = [], []
    for models in groups:
        runs = store.get(models) if store else None
        if runs is None:
            missing.append(models)
        else:
            found += runs
            progress(len(models) * epochs(models[0].setting, data))
    job = partial(on_one_thread, gradients=gradients, observe=observe)
    for models, runs in (workers or Workers()).each(job, missing, data.to(device), progress):
        if store:
            store.put(models, runs)
        found += runs
    place = {(label, seed): n for n, (label, seed) in enumerate(product(settings, seeds))}
    return sorted(found, key=lambda run: place[run.label, run.seed])


def on_one_thread(
    models: list[Model],
    forms: Forms,
    progress: Callable[[int], object],
    gradients: str,
    observe: Observe | None,
) -> list[Run]:
    """Trains a stack on the form of the data that it asks for."""
    with one_thread():
        return train_stack(models, forms[models[0].setting.inputs], gradients, observe, progress)


def train_stack(
    models: list[Model], data: Data, gradients: str, observe: Observe | None, progress: Callable[[int], object]
) -> list[Run]:
    """Trains models that agree in code: evaluated on validation after every epoch, or every few, on test once, at the
    end.
    """
    plan, now = first(models, data, gradients)
    setting, rounds = models[0].setting, epochs(models[0].setting, data)
    losses: list[Tensor] = []
    history = History(len(models), setting.patience)
    for epoch in range(rounds):
        before, done = copied(now.params), len(losses)
        now = one_epoch(plan, now, epoch, losses)
        if (epoch + 1) % setting.validate_every == 0 or epoch + 1 == rounds:
            loss = mean_loss(losses[done:], plan.fed.sizes())
            history.add(loss, *evaluate(plan, now, data.validation), distance(before, now.params), now)
        progress(len(models))
        if history.all_stopped():
            progress(len(models) * (rounds - epoch - 1))
            break
    now = history.chosen(now)
    diverged = first_not_finite(torch.stack(losses), history.last_steps(steps_an_epoch(setting, data)))
    return as_runs(models, plan, now, history, diverged, data, observe)


def first(models: list[Model], data: Data, gradients: str) -> tuple[Plan, Stack]:
    """The plan of a training, and the stack before its first step."""
    settings, seeds, x = [model.setting for model in models], [model.seed for model in models], data.train.x
    setting = settings[0]
    network = build(settings, x)
    params = stack([start(network, seed, x, setting.initial) for seed in seeds])
    total = steps(setting, data)
    schedule = schedule_constants(setting.schedule, total)
    plan = Plan(settings, seeds, network, numbers_of(settings, x), schedule, gradients, total, feed(data.train, models))
    if is_fast(plan):
        return first_of_fast(plan, params, data)
    state = [tuple(optimizer_of(setting.optimizer, p).init(p) for p in layer) for layer in params]
    return plan, Stack(params, state, first_statistics(network, params))


def first_of_fast(plan: Plan, params: Params, data: Data) -> tuple[Plan, Stack]:
    """The same for the fast path: pixels sorted where that pays, parameters where they can be changed in place."""
    pays = len(plan.models) * plan.steps * plan.fed.batch_size >= PAYS * len(data.train)
    lit = lit_first(data.train) if pays and plan.fed.may_sort() else None
    plan = plan._replace(fed=plan.fed._replace(lit=lit))
    plain, params = is_plain_descent(plan.own, plan.models[0]), sorted_weights(params, lit)
    learner = PlainDescent(params) if plain else ModelByModel(params, plan.models)
    running = first_statistics(plan.network, params)
    shared = len(plan.fed.seeds) == 1
    return plan, Stack(learner.params, [], running, fast_network(plan.network, learner, running, shared))


def one_epoch(plan: Plan, now: Stack, epoch: int, losses: list[Tensor]) -> Stack:
    """The stack after another pass, or what the budget of steps leaves of one; adds each batch's losses (M,)."""
    with torch.inference_mode() if now.fast else nullcontext():  # saves 7 % of a single network's time
        for x, y in batches(plan.fed, epoch):
            if len(losses) == plan.steps:
                break
            now, loss = advance(plan, now, len(losses), x, y)
            losses.append(loss)
    return now


def learned(plan: Plan, now: Stack) -> tuple[list[Layer], Params]:
    """The network and its parameters as they are when nothing is learned."""
    return evaluation(plan.network), evaluation_params(weights_of_images(now.params, plan.fed.lit), now.running)


def evaluate(plan: Plan, now: Stack, split: Split) -> tuple[Tensor, Tensor]:
    """Mean loss and accuracy of each model (M,) on a split, NaN where the loss is not finite.

    A tie counts for the first class.
    """
    network, params = learned(plan, now)
    M, setting = len(plan.models), plan.models[0]
    loss, correct = (torch.zeros(M, dtype=torch.float64, device=split.x.device) for _ in range(2))
    for begin in range(0, len(split), EVALUATED):
        x, y = (part[begin : begin + EVALUATED] for part in (split.x, split.y))
        y = y.expand(M, *y.shape)
        z, _ = forward(network[:-1], params, as_input(x.expand(M, *x.shape), setting))
        mean, _ = network[-1].rule.forward(z, as_target(y, x, setting))
        loss += mean * y.shape[-1]
        correct += (z.argmax(-1) == y).sum(-1)
    return loss / len(split), torch.where(loss.isfinite(), correct / len(split), torch.nan)


def first_not_finite(losses: Tensor, last: list[int | None]) -> list[int | None]:
    """For each model the step, counted from 1, whose loss (steps, M) was NaN or infinite; None where none was.

    What comes after a model's last step (None: the end) is its neighbours' training and no longer its own.
    """
    columns = [column[:end] for column, end in zip(~losses.isfinite().mT, last, strict=True)]
    return [int(column.nonzero()[0]) + 1 if column.any() else None for column in columns]


def shaped(split: Split, setting: Setting) -> Split:
    """The examples as the first layer takes them."""
    return Split(as_input(split.x, setting), split.y)


def as_runs(
    models: list[Model],
    plan: Plan,
    now: Stack,
    history: History,
    diverged: list[int | None],
    data: Data,
    observe: Observe | None,
) -> list[Run]:
    """What is left of a stack: plain numbers. The test split is read here, once.

    Where training ends with the very step that breaks a model, no loss has shown it yet, but the evaluation does.
    """
    final = dict(zip(("test loss", "test accuracy"), evaluate(plan, now, data.test), strict=True))
    finite_loss = final["test loss"].isfinite()
    diverged = [step or (None if finite_loss[m] else plan.steps) for m, step in enumerate(diverged)]
    setting = models[0].setting
    seen = replace(data, **{name: shaped(getattr(data, name), setting) for name in ("validation", "test")})
    network, params = learned(plan, now)
    params = [tuple(p.contiguous() for p in layer) for layer in params]  # the fast path's are turned
    return [
        Run(
            model.label,
            model.seed,
            "diverged" if diverged[m] else "ok",
            diverged[m],
            {name: [plain(value) for value in curve] for name, curve in history.of_model(m).items()},
            {name: None if diverged[m] else plain(float(value[m])) for name, value in final.items()},
            finite(
                observe(model, network, unstack(params, m), replace(seen, train=shaped(plan.fed.of_model(m), setting)))
            )
            if observe and not diverged[m]
            else {},
        )
        for m, model in enumerate(models)
    ]
