import torch

from dlconcepts.concepts.shared.plain_descent import by_hand, on_all
from dlconcepts.manual.network import stack, unstack
from dlconcepts.training.build import build
from dlconcepts.training.gradients import autograd, manual
from dlconcepts.training.seeding import start
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train


def test_it_is_the_training_that_train_does(tiny):
    setting = Setting(hidden=(6,), batch_size=20, steps=15, lr=0.3)
    network = build([setting], tiny.train.x)
    first = stack([start(network, seed, tiny.train.x) for seed in (0, 3)])
    for source in (manual, autograd):
        _, losses = by_hand(network, first, tiny.train, [0, 3], setting, source)
        assert losses.shape == (15, 2)
        runs = train({"a": setting}, [0, 3], tiny)
        for m, run in enumerate(runs):
            assert abs(run.curves["training loss"][0] - float(losses[:10, m].mean())) < 1e-12
            assert abs(run.curves["training loss"][1] - float(losses[10:, m].mean())) < 1e-12


def test_on_all_examples_it_is_plain_gradient_descent(tiny):
    network = build([Setting(hidden=(5,), activation="tanh")], tiny.train.x)
    first = stack([start(network, seed, tiny.train.x) for seed in (0, 1)])
    params = on_all(network, first, tiny.train, 0.5, 3, manual)
    model = torch.nn.Sequential(torch.nn.Linear(784, 5), torch.nn.Tanh(), torch.nn.Linear(5, 10)).double()
    weighted = [layer for layer in unstack(first, 1) if layer]
    with torch.no_grad():
        for part, (W, b) in zip(model[::2], weighted, strict=True):
            part.weight.copy_(W.mT)
            part.bias.copy_(b)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    for _ in range(3):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(tiny.train.x), tiny.train.y).backward()
        optimizer.step()
    assert (unstack(params, 1)[2][0] - model[2].weight.detach().mT).abs().max() < 1e-12
