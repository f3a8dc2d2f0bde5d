"""What every optimizer does to a stack of models, and to nothing else."""

import math

import pytest
import torch
from optimizer_paths import EPS, every_optimizer, our_path, recorded_gradients, start, torch_path

from dlconcepts.rules.optimizer import optimizers

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
PER_MODEL["adamw"] = PER_MODEL["radam"] = PER_MODEL["adam"]
PER_MODEL["nadam"] = PER_MODEL["adam"] | {"momentum_decay": [4e-3, 0.0, 1.0]}
PER_MODEL["lion"] = {n: v for n, v in PER_MODEL["adam"].items() if n != "eps"}
PER_MODEL["adadelta"] = {
    **{"lr": [1.0, 0.1, 0.5], "rho": [0.9, 0.5, 1.0], "eps": [1e-6, 1e-3, 0.1], "weight_decay": [0.0, 1.0, 0.1]},
}
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
