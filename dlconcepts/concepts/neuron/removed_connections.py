"""One network's connections looked at: what each of some does alone, what is left when many go, and in which order.

Shapes: as in connections.py; size, spread and effect (S,). Where nothing is said otherwise, parameters are in float64.
"""

import torch
from scipy.stats import spearmanr
from torch import Tensor

from ...images.data_set import Data, Split
from ...manual.backprop import Params
from ...manual.network import Layer
from . import connections, single_units

SUMMED = 5  # digits: each is 784 products for each unit by hand
LOOKED = 1000  # digits on which single connections are tried
TRIED = 300  # connections of a layer, chosen at random
RAISED, RAISED_IN = 0.5, 100  # half the way from black to white, in so many digits
NEAREST = 0.1  # the tenth of the connections that is nearest to 0
SHARES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.99)
KEPT = 0.1  # of the connections, in the picture of what is left
TRIAL = ("|w|", "|w| std", "effect")


def looked_into(network: list[Layer], params: Params, first: Params, data: Data, random: torch.Generator) -> dict:
    """What a trained network's biases and connections do, as plain numbers; first: its parameters before training."""
    as_trained, params = params, [tuple(p.double() for p in layer) for layer in params]
    x, places = data.validation.x[:LOOKED].double(), connections.weighted(network)
    tried = {
        name: one_by_one(network, params, x, layer, random)
        for name, layer in {"first layer": places[0], "last layer": places[-1]}.items()
    }
    return {
        "sums": single_units.sums(network, params, x[:SUMMED]),
        "biases moved": [single_units.moved(params[i][1], first[i][1]) for i in places],
        "never lit": single_units.never_lit(as_trained, first, data.train.x),
        "ranks": {name: ranks(*found) for name, found in tried.items()},
        "near zero": near_zero(*tried["first layer"]),
        "tried": {name: rounded(value) for name, value in zip(TRIAL, tried["first layer"], strict=True)},
        "rises": rises(network, params, x[:RAISED_IN], random),
        "removed": removed(network, as_trained, data.validation, random),
    }


def one_by_one(
    network: list[Layer], params: Params, x: Tensor, layer: int, random: torch.Generator
) -> tuple[Tensor, Tensor, Tensor]:
    """Some connections of a layer, chosen at random: their |w|, |w| times the standard deviation of what comes
    through, and what their absence changes."""
    rows, columns = connections.sample(params[layer][0], TRIED, random)
    size = params[layer][0][rows, columns].abs()
    spread = connections.layer_inputs(network, params, x)[layer].std(0)[rows]
    return size, size * spread, connections.effects(network, params, x, layer, rows, columns)


def rounded(values: Tensor) -> list[float]:
    """For dots in a figure: more digits would only make a record long."""
    return [float(f"{value:.4g}") for value in values.tolist()]


def ranks(size: Tensor, size_and_spread: Tensor, effect: Tensor) -> dict[str, float | None]:
    """The rank correlation of either with the effect; None where nothing has any effect."""
    either = dict(zip(TRIAL[:2], (size, size_and_spread), strict=True))
    if not all(float(value.max() - value.min()) > 0 for value in (*either.values(), effect)):
        return dict.fromkeys(either)
    return {name: float(spearmanr(value.tolist(), effect.tolist())[0]) for name, value in either.items()}


def near_zero(size: Tensor, size_and_spread: Tensor, effect: Tensor) -> float | None:
    """The mean effect of the connections nearest to 0 beside the mean effect of all; None where that is 0."""
    nearest = size.argsort()[: round(NEAREST * len(size))]
    return float(effect[nearest].mean() / effect.mean()) if effect.any() else None


def rises(network: list[Layer], params: Params, x: Tensor, random: torch.Generator) -> tuple[float, float]:
    """Pixels are raised behind negative weights: the share of changes upwards, of the unit's sum and of scores."""
    rows, columns = connections.sample(params[0][0], TRIED, random)
    negative = params[0][0][rows, columns] < 0
    return connections.raised(network, params, x, 0, rows[negative], columns[negative], RAISED)


def removed(network: list[Layer], params: Params, split: Split, random: torch.Generator) -> dict:
    """The accuracy with all connections ("none"), and without each of SHARES by the order in which they go."""
    size = connections.sizes(network, params)
    orders = {
        "smallest first": size.argsort(),
        "at random": torch.randperm(len(size), generator=random).to(size.device),
        "largest first": size.argsort(descending=True),
    }
    return {"none": connections.accuracy(network, params, split)} | {
        name: connections.removed_by(network, params, split, order, SHARES) for name, order in orders.items()
    }


def shown(network: list[Layer], params: Params, first: Params) -> dict:
    """The weights of the unit that the next layer heeds most, as pictures: at first, trained, and what is left."""
    size = connections.sizes(network, params)
    left = connections.without(network, params, size.argsort()[: round((1 - KEPT) * len(size))])
    unit = int(params[connections.weighted(network)[1]][0].norm(dim=1).argmax())
    states = {"first weights": first, "trained": params, "largest tenth": left}
    return {"pictures": {name: single_units.picture(state[0][0][:, unit]) for name, state in states.items()}}
