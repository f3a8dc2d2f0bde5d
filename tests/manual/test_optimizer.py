"""Every optimizer against torch.optim, fed the same gradients: 1,000 steps in lock-step."""

import inspect
import math

import pytest
import torch

from dlconcepts.rules.optimizer import optimizers

STEPS, COORDINATES = 1000, 64
EPS = {torch.float64: 2.0**-52, torch.float32: 2.0**-23}
ADAPTIVE = ["adagrad", "rmsprop", "adam", "adamw"]
every_optimizer = pytest.mark.parametrize("name", optimizers)

BOUND = (
    32  # eps. Measured: 1.2 for AdamW, 3.3 elsewhere, 5.9 for SGD, 13.1 for RMSprop with momentum 1 (an undamped sum)
)

# Not among them: RMSprop and Adam with coupled decay and a step that brings idle weights to 0 within the 1,000 steps.
CASES = [
    ("sgd", {"lr": 0.1}),
    ("sgd", {"lr": 0.1, "weight_decay": 0.1}),
    ("sgd", {"lr": 0.1, "weight_decay": 1.0}),
    ("momentum", {"lr": 0.1}),
    ("momentum", {"lr": 0.1, "momentum": 0.5, "dampening": 0.3, "weight_decay": 0.1}),
    ("momentum", {"lr": 0.1, "momentum": 0.9, "dampening": 1.0}),
    ("momentum", {"lr": 0.01, "momentum": 1.0}),
    ("momentum", {"lr": 0.1, "momentum": 0.0}),
    ("nesterov", {"lr": 0.1}),
    ("nesterov", {"lr": 0.1, "momentum": 0.5, "weight_decay": 1.0}),
    ("nesterov", {"lr": 0.01, "momentum": 1.0}),
    ("adagrad", {"lr": 0.1}),
    ("adagrad", {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 1.0}),
    ("adagrad", {"lr": 0.1, "lr_decay": 1.0, "initial_accumulator_value": 0.1, "eps": 1e-3}),
    ("rmsprop", {"lr": 0.01}),
    ("rmsprop", {"lr": 0.001, "alpha": 0.5, "eps": 1e-3, "weight_decay": 1.0}),
    ("rmsprop", {"lr": 0.0001, "momentum": 0.9, "weight_decay": 0.1}),
    ("rmsprop", {"lr": 0.001, "momentum": 1.0}),
    ("rmsprop", {"lr": 0.01, "centered": True, "eps": 1e-3}),
    ("rmsprop", {"lr": 0.01, "centered": True, "momentum": 0.5}),
    ("adam", {"lr": 0.01}),
    ("adam", {"lr": 0.001, "beta1": 0.5, "beta2": 0.9, "eps": 1e-3, "weight_decay": 1.0}),
    ("adam", {"lr": 0.01, "amsgrad": True, "weight_decay": 0.1}),
    ("adam", {"lr": 0.01, "beta1": 0.0, "beta2": 0.0}),
    ("adamw", {"lr": 0.01}),
    ("adamw", {"lr": 0.01, "weight_decay": 1.0, "eps": 1e-3}),
    ("adamw", {"lr": 0.01, "weight_decay": 0.1, "beta1": 0.5, "beta2": 0.9, "amsgrad": True}),
]


def label(value):
    return value if isinstance(value, str) else " ".join(f"{n}={v}" for n, v in value.items())


every_case = pytest.mark.parametrize(("name", "constants"), CASES, ids=label)


def recorded_gradients(seed=0):
    """(STEPS, COORDINATES): each coordinate with a scale of its own, 14 % always zero, 10 % zero at random."""
    generator = torch.Generator().manual_seed(seed)
    g = torch.randn(STEPS, COORDINATES, generator=generator, dtype=torch.float64)
    g *= 10 ** torch.linspace(-12, 4, COORDINATES, dtype=torch.float64)
    g[:, torch.arange(COORDINATES) % 7 == 0] = 0
    g[torch.rand(g.shape, generator=generator) < 0.1] = 0
    return g


def start(dtype, seed=1):
    """Weights 2 to 5 from 0: an adaptive step under coupled decay swings about 0 once there, and swings chaotically."""
    p = torch.randn(COORDINATES, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).clamp(-2, 2)
    return (p + 3 * p.sign() - p / 2).to(dtype)


def torch_path(name, p, gradients, **constants):
    p = torch.nn.Parameter(p.clone())
    optimizer = optimizers[name].reference([p], **constants)
    path = []
    for g in gradients:
        p.grad = g.clone()
        optimizer.step()
        path.append(p.detach().clone())
    return torch.stack(path)


def our_path(name, p, gradients, **constants):
    state, path = optimizers[name].init(p), []
    for g in gradients:
        p, state = optimizers[name].update(p, g, state, **constants)
        path.append(p)
    return torch.stack(path)


def worst(a, b):
    """max |a - b| / max(1, |b|), both over a coordinate's whole path: crossing 0 on the way makes no weight better."""
    return float(((a - b).abs().amax(0) / b.abs().amax(0).clamp_min(1)).max())


@pytest.mark.parametrize("dtype", EPS, ids=str)
@every_case
def test_a_thousand_steps_are_torchs_to_rounding(name, constants, dtype):
    g = recorded_gradients().to(dtype)
    ours, theirs = (path(name, start(dtype), g, **constants) for path in (our_path, torch_path))
    assert ours.dtype == dtype
    assert worst(ours, theirs) <= BOUND * EPS[dtype]


@every_optimizer
def test_the_default_values_are_torchs(name):
    g = recorded_gradients()[:20]
    momentum = {"momentum": 0.9} if name in ("momentum", "nesterov") else {}
    ours, theirs = our_path(name, start(g.dtype), g), torch_path(name, start(g.dtype), g, **momentum)
    assert worst(ours, theirs) <= BOUND * EPS[g.dtype]
    own = inspect.signature(optimizers[name].update).parameters
    of_torch = inspect.signature(type(optimizers[name].reference([start(g.dtype)]))).parameters
    for constant in set(own) & set(of_torch) - {"momentum"}:  # torch.optim.SGD's momentum is 0, no momentum at all
        assert own[constant].default == of_torch[constant].default, constant


PER_MODEL = {  # three models, three numbers for each constant; O = 3 as well, so a wrong broadcast would be silent
    "sgd": {"lr": [0.1, 0.01, 1.0], "weight_decay": [0.0, 1.0, 0.1]},
    "momentum": {
        "lr": [0.1, 0.01, 0.2],
        "momentum": [0.9, 0.5, 1.0],
        "dampening": [0.0, 0.3, 1.0],
        "weight_decay": [0.0, 1.0, 0.1],
    },
    "nesterov": {"lr": [0.1, 0.01, 0.2], "momentum": [0.9, 0.5, 1.0], "weight_decay": [0.0, 1.0, 0.1]},
    "adagrad": {
        "lr": [0.1, 0.01, 0.2],
        "lr_decay": [0.0, 0.1, 1.0],
        "weight_decay": [0.0, 1.0, 0.1],
        "initial_accumulator_value": [0.0, 0.1, 1.0],
        "eps": [1e-10, 1e-3, 0.1],
    },
    "rmsprop": {
        "lr": [0.01, 0.001, 0.02],
        "alpha": [0.99, 0.5, 0.9],
        "eps": [1e-8, 1e-3, 0.1],
        "weight_decay": [0.0, 1.0, 0.1],
        "momentum": [0.0, 0.9, 0.5],
    },
    "adam": {
        "lr": [0.01, 0.001, 0.02],
        "beta1": [0.9, 0.5, 0.0],
        "beta2": [0.999, 0.9, 0.5],
        "eps": [1e-8, 1e-3, 0.1],
        "weight_decay": [0.0, 1.0, 0.1],
    },
}
PER_MODEL["adamw"] = PER_MODEL["adam"]
FLAGS = {"rmsprop": "centered", "adam": "amsgrad", "adamw": "amsgrad"}


def stacked_gradients(shape, dtype, steps=100, seed=3):
    return torch.randn(steps, *shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


@pytest.mark.parametrize("dtype", EPS, ids=str)
@pytest.mark.parametrize("shape", [(3,), (3, 3), (3, 2, 3), (3, 3, 3), (3, 2, 3, 1, 4)], ids=str)
@every_optimizer
def test_each_model_of_a_stack_has_its_own_numbers(name, shape, dtype):
    g, p = stacked_gradients(shape, dtype), 3 + stacked_gradients(shape, dtype, 1, 4)[0]
    for flag in {False, name in FLAGS}:
        flags = {FLAGS[name]: flag} if name in FLAGS else {}
        numbers = {n: torch.tensor(v, dtype=torch.float64) for n, v in PER_MODEL[name].items()}
        ours = our_path(name, p, g, **numbers, **flags)
        assert ours.dtype == dtype
        for m in range(3):
            own = {n: v[m] for n, v in PER_MODEL[name].items()}
            theirs = torch_path(name, p[m], g[:, m], **own, **flags)
            # 100 eps: numbers per model are rounded to p's precision one by one, plain ones are not (measured: 24)
            error = (ours[:, m] - theirs).abs().amax() / theirs.abs().amax().clamp_min(1)
            assert error <= 100 * EPS[dtype], f"model {m}"


@every_optimizer
def test_numbers_may_belong_to_stacks_of_stacks(name):
    g, p = stacked_gradients((2, 3, 4), torch.float64), stacked_gradients((2, 3, 4), torch.float64, 1, 4)[0]
    rates = torch.tensor([[0.01, 0.02, 0.03], [0.001, 0.002, 0.003]], dtype=torch.float64)
    together = our_path(name, p, g, lr=rates)
    for i in range(2):
        for j in range(3):
            assert torch.allclose(together[:, i, j], our_path(name, p[i, j], g[:, i, j], lr=rates[i, j]), atol=1e-14)


@every_optimizer
def test_as_many_rates_as_models_are_needed(name):
    p = torch.ones(3, 2, dtype=torch.float64)
    with pytest.raises(ValueError, match=r"models \(2,\) and leading \(3,\) must be equal"):
        optimizers[name].update(p, p, optimizers[name].init(p), lr=torch.tensor([0.1, 0.2]))


@pytest.mark.parametrize("poison", [math.nan, math.inf])
@every_optimizer
def test_a_model_gone_wrong_leaves_its_neighbours_bit_for_bit(name, poison):
    g, p = stacked_gradients((3, 4), torch.float64), stacked_gradients((3, 4), torch.float64, 1, 4)[0]
    sick = g.clone()
    sick[5, 1] = poison
    numbers = {n: torch.tensor(v, dtype=torch.float64) for n, v in PER_MODEL[name].items()}
    before, after = our_path(name, p, g, **numbers), our_path(name, p, sick, **numbers)
    assert torch.equal(before[:, [0, 2]], after[:, [0, 2]])
    assert not after[-1, 1].isfinite().any()


@every_optimizer
def test_nothing_given_is_changed_and_nothing_returned_is_given(name):
    p, g = start(torch.float64), recorded_gradients()[0]
    state = optimizers[name].init(p)
    for _ in range(2):
        given = [x for x in (p, g, *state) if isinstance(x, torch.Tensor)]
        copies, versions = [x.clone() for x in given], [x._version for x in given]
        new, state = optimizers[name].update(p, g, state, lr=0.1)
        assert all(x._version == v and torch.equal(x, c) for x, v, c in zip(given, versions, copies, strict=True))
        assert all(new.data_ptr() != x.data_ptr() for x in given)
        p = new


@every_optimizer
def test_the_state_has_the_parameters_shape_dtype_and_device(name):
    p = torch.ones(2, 3, dtype=torch.float32)
    _, state = optimizers[name].update(p, p, optimizers[name].init(p), lr=0.1)
    for entry in (*optimizers[name].init(p), *state):
        assert isinstance(entry, int) or (entry.shape, entry.dtype, entry.device) == (p.shape, p.dtype, p.device)


@every_optimizer
def test_scalars_and_empty_parameters_are_parameters(name):
    for shape in [(), (0,), (0, 3)]:
        p = torch.ones(shape, dtype=torch.float64)
        new, _ = optimizers[name].update(p, p, optimizers[name].init(p), lr=0.1)
        assert new.shape == shape
        assert bool((new < 1).all())


@every_optimizer
def test_without_weight_decay_the_weight_itself_plays_no_part(name):
    p = torch.tensor([math.inf, 1.0], dtype=torch.float64)
    constants = {"weight_decay": 0.0}
    new, _ = optimizers[name].update(p, torch.ones_like(p), optimizers[name].init(p), lr=0.1, **constants)
    assert new[0] == math.inf
    assert new[1] < 1


@every_optimizer
def test_an_empty_stack_may_have_an_empty_tensor_of_rates(name):
    p = torch.ones(0, 3, dtype=torch.float64)
    new, _ = optimizers[name].update(p, p, optimizers[name].init(p), lr=torch.ones(0, dtype=torch.float64))
    assert new.shape == (0, 3)


@every_optimizer
def test_numbers_on_an_accelerator_are_not_looked_at(name):
    p = torch.ones(3, 2, device="meta")  # stands for a device: asking a meta tensor for its values raises
    new, _ = optimizers[name].update(p, p, optimizers[name].init(p), lr=torch.ones(3, device="meta"))
    assert new.shape == (3, 2)


BAD = [
    *[
        (name, {"lr": lr}, "lr must be finite and at least 0, got")
        for name in optimizers
        for lr in (-0.1, math.nan, math.inf)
    ],
    *[(name, {"weight_decay": -1.0}, "weight_decay must be finite and at least 0, got -1.0") for name in optimizers],
    *[(name, {"eps": -1e-8}, "eps must be finite and at least 0, got -1e-08") for name in ADAPTIVE],
    ("momentum", {"momentum": -0.1}, "momentum must be from 0 to 1, got -0.1"),
    ("momentum", {"momentum": 1.5}, "momentum must be from 0 to 1, got 1.5"),
    ("momentum", {"momentum": math.nan}, "momentum must be from 0 to 1, got nan"),
    ("momentum", {"dampening": -0.5}, "dampening must be from 0 to 1, got -0.5"),
    ("momentum", {"dampening": 1.5}, "dampening must be from 0 to 1, got 1.5"),
    ("nesterov", {"momentum": 0.0}, "momentum must be above 0 and at most 1, got 0.0"),
    ("nesterov", {"momentum": 1.5}, "momentum must be above 0 and at most 1, got 1.5"),
    ("nesterov", {"dampening": 0.5}, "dampening must be 0 with Nesterov's momentum, got 0.5"),
    ("adagrad", {"lr_decay": -1.0}, "lr_decay must be finite and at least 0, got -1.0"),
    (
        "adagrad",
        {"initial_accumulator_value": -1.0},
        "initial_accumulator_value must be finite and at least 0, got -1.0",
    ),
    ("rmsprop", {"alpha": -0.5}, "alpha must be from 0 to 1, got -0.5"),
    ("rmsprop", {"alpha": 1.5}, "alpha must be from 0 to 1, got 1.5"),
    ("rmsprop", {"momentum": -0.5}, "momentum must be from 0 to 1, got -0.5"),
    *[(name, {"beta1": 1.0}, "beta1 must be at least 0 and below 1, got 1.0") for name in ("adam", "adamw")],
    *[(name, {"beta2": 1.0}, "beta2 must be at least 0 and below 1, got 1.0") for name in ("adam", "adamw")],
    *[(name, {"beta2": -0.5}, "beta2 must be at least 0 and below 1, got -0.5") for name in ("adam", "adamw")],
]


@pytest.mark.parametrize(("name", "constants", "message"), BAD, ids=label)
def test_a_number_outside_its_range_is_refused(name, constants, message):
    p = torch.ones(3, 2, dtype=torch.float64)
    with pytest.raises(ValueError, match=f"^{message}"):
        optimizers[name].update(p, p, optimizers[name].init(p), **constants)
    (constant, bad), *_ = constants.items()
    if constant == "dampening" and name == "nesterov":
        return
    several = torch.tensor([0.5, bad, 0.5], dtype=torch.float64)
    with pytest.raises(ValueError, match=f"^{message}"):
        optimizers[name].update(p, p, optimizers[name].init(p), **{constant: several})


@every_optimizer
def test_the_ends_of_a_range_are_allowed(name):
    p = torch.ones(3, dtype=torch.float64)
    still, _ = optimizers[name].update(p, p, optimizers[name].init(p), lr=0.0, weight_decay=0.0)
    assert torch.equal(still, p)


@every_optimizer
def test_tensors_that_do_not_fit_are_refused_with_the_cure(name):
    p = torch.ones(3, dtype=torch.float64)
    with pytest.raises(ValueError, match=r"p \(3,\) and dp \(3, 1\) must be equal"):
        optimizers[name].update(p, p.unsqueeze(-1), optimizers[name].init(p), lr=0.1)
    with pytest.raises(TypeError, match=r"int64.*\.float\(\)"):
        optimizers[name].update(p.long(), p, optimizers[name].init(p), lr=0.1)
    with pytest.raises(TypeError, match=r"int64.*\.float\(\)"):
        optimizers[name].update(p, p.long(), optimizers[name].init(p), lr=0.1)


def after(name, gradients, p=1.0, **constants):
    """A single weight's path, as plain numbers."""
    gradients = torch.tensor(gradients, dtype=torch.float64).unsqueeze(-1)
    return our_path(name, torch.tensor([p], dtype=torch.float64), gradients, **constants).flatten().tolist()


def test_momentum_by_hand():
    assert after("momentum", [1.0, 1.0, -2.0], lr=0.1, momentum=0.5) == pytest.approx([0.9, 0.75, 0.875])
    assert after("momentum", [1.0, 1.0], lr=0.1, momentum=0.5, dampening=0.5) == pytest.approx([0.9, 0.8])
    assert after("nesterov", [1.0, 1.0], lr=0.1, momentum=0.5) == pytest.approx([0.85, 0.675])


@pytest.mark.parametrize("name", ["momentum", "nesterov", "adagrad", "adam", "adamw"])
def test_the_state_counts_the_steps(name):
    p = torch.ones(2)
    state = optimizers[name].init(p)
    counts = [state.t]
    for _ in range(2):
        p, state = optimizers[name].update(p, torch.ones(2), state)
        counts.append(state.t)
    assert counts == [0, 1, 2]


def test_adagrads_first_step_is_the_learning_rate_whatever_the_gradient():
    for g in (1e-6, 1.0, 1e6):
        assert after("adagrad", [g], lr=0.1)[0] == pytest.approx(0.9, abs=1e-4)
    assert after("adagrad", [1e-6], lr=0.1, initial_accumulator_value=0.1)[0] == pytest.approx(1, abs=1e-6)
    assert after("adagrad", [1.0, 1.0], lr=0.1, lr_decay=1.0)[1] == pytest.approx(0.9 - 0.05 / math.sqrt(2))


def test_adam_adds_eps_outside_the_root_and_after_the_correction():
    step = (1 - after("adam", [1e-8], lr=0.1)[0]) / 0.1
    assert step == pytest.approx(0.5, rel=1e-6)  # g / (|g| + eps); eps inside of the root would give 1e-4


@pytest.mark.parametrize(("centered", "mean"), [(False, 0.0), (True, 0.25)])
def test_rmsprop_keeps_a_mean_of_gradients_only_if_centered(centered, mean):
    p = torch.ones(1, dtype=torch.float64)
    _, state = optimizers["rmsprop"].update(p, p, optimizers["rmsprop"].init(p), alpha=0.75, centered=centered)
    assert state.m.item() == mean


def test_rmsprop_adds_eps_outside_the_root():
    step = (1 - after("rmsprop", [1e-7], lr=0.1, alpha=0.0, eps=1e-7)[0]) / 0.1
    assert step == pytest.approx(0.5, rel=1e-6)


def test_amsgrad_corrects_the_highest_raw_mean_not_the_highest_corrected_one():
    gradients = [1.0, 0.0, 0.0]
    path = after("adam", gradients, p=0.0, lr=1.0, beta1=0.0, beta2=0.5, eps=0.0, amsgrad=True)
    assert path[0] == pytest.approx(-1)
    state, p = optimizers["adam"].init(torch.zeros(1)), torch.zeros(1)
    for g in gradients:
        p, state = optimizers["adam"].update(p, torch.tensor([g]), state, beta2=0.5, amsgrad=True)
    assert state.highest.item() == 0.5
    assert state.v.item() == 0.125


def test_adamw_decays_before_the_step_and_not_through_the_means():
    p, state = optimizers["adamw"].update(
        torch.tensor([2.0], dtype=torch.float64),
        torch.tensor([0.0], dtype=torch.float64),
        optimizers["adamw"].init(torch.zeros(1, dtype=torch.float64)),
        lr=0.1,
        weight_decay=1.0,
    )
    assert p.item() == pytest.approx(1.8, abs=1e-15)
    assert state.m.item() == 0 == state.v.item()


@pytest.mark.parametrize("name", ["adam", "adamw"])
def test_adam_without_eps_does_not_feel_the_gradients_scale(name):
    g = recorded_gradients()[:100, 1:7]  # no coordinate that stays 0, which would be 0 / 0
    p = start(torch.float64)[1:7]
    g = torch.where(g == 0, 1e-12, g)
    once, scaled = (our_path(name, p, c * g, lr=0.01, eps=0.0) for c in (1.0, 2.0**20))
    assert torch.equal(once, scaled)  # a power of 2 changes no digit
    assert worst(our_path(name, p, 1e6 * g, lr=0.01, eps=0.0), once) <= 1e-13


@every_optimizer
def test_splitting_a_parameter_in_two_changes_nothing(name):
    g, p = recorded_gradients()[:50], start(torch.float64)
    whole = our_path(name, p, g, lr=0.01)
    halves = [our_path(name, p[half], g[:, half], lr=0.01) for half in (slice(0, 20), slice(20, None))]
    assert torch.equal(whole, torch.cat(halves, -1))


def sutskever_path(gradients, rates, momentum):
    """v = momentum v - lr g, p = p + v: the learning rate stands inside of v."""
    p = v = 0.0
    path = []
    for g, lr in zip(gradients, rates, strict=True):
        v = momentum * v - lr * g
        p += v
        path.append(p)
    return path


def momentum_path(gradients, rates, momentum):
    p = torch.zeros((), dtype=torch.float64)
    state, path = optimizers["momentum"].init(p), []
    for g, lr in zip(gradients, rates, strict=True):
        p, state = optimizers["momentum"].update(p, torch.tensor(g, dtype=torch.float64), state, lr, momentum)
        path.append(p.item())
    return path


def test_sutskevers_momentum_is_the_same_only_while_the_learning_rate_is():
    gradients = [1.0, -0.5, 2.0, 0.3, 0.7]
    constant, cut = [0.1] * 5, [0.1, 0.1, 0.01, 0.01, 0.01]
    assert momentum_path(gradients, constant, 0.9) == pytest.approx(sutskever_path(gradients, constant, 0.9), abs=1e-15)
    ours, his = momentum_path(gradients, cut, 0.9), sutskever_path(gradients, cut, 0.9)
    assert ours[:2] == pytest.approx(his[:2], abs=1e-15)
    assert abs(ours[-1] - his[-1]) > 0.05


def test_centered_rmsprop_turns_nan_on_a_constant_gradient_as_torch_does():
    g = torch.full((4000, 1), 0.1, dtype=torch.float64)
    p = torch.zeros(1, dtype=torch.float64)
    assert torch_path("rmsprop", p, g, centered=True)[-1].isnan()
    assert our_path("rmsprop", p, g, centered=True)[-1].isnan()
