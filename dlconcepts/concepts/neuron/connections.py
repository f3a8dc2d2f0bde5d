"""What single connections do in a trained network: what is lost without one, without many, and what raising one does.

Shapes: x (N, I) what the network gets, a (N, I) what a layer gets, W (I, O), rows and columns (S,) of S connections.
A connection is removed by setting its weight to 0.
Source: Y. LeCun, J. Denker, S. Solla, "Optimal brain damage", 1989, which removes by more than size alone.
"""

import torch
from torch import Tensor

from ...images.data_set import Split
from ...manual.backprop import Params, forward
from ...manual.network import Layer
from ...manual.softmax import softmax
from ...rules.linear import rules as linears

AT_ONCE = 50  # changed networks a forward pass
ROUNDING = 1e-12  # of scores in float64: many networks at once add up in another order than one


def weighted(network: list[Layer]) -> list[int]:
    """Where the network's fully connected layers are, first to last."""
    return [i for i, layer in enumerate(network) if layer.rule in linears.values()]


def layer_inputs(network: list[Layer], params: Params, x: Tensor) -> dict[int, Tensor]:
    """What each fully connected layer gets, (N, I), by its place in the network."""
    _, tape = forward(network[:-1], params, x)
    return {i: tape[i][0] for i in weighted(network)}


def sample(W: Tensor, S: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """S of a layer's connections at random, none twice; all where there are fewer."""
    places = torch.randperm(W.numel(), generator=generator)[:S].to(W.device)
    return places // W.shape[1], places % W.shape[1]


def scores_with(network: list[Layer], params: Params, x: Tensor, layer: int, columns: Tensor, added: Tensor) -> Tensor:
    """The network's scores (S, N, K) if something is added to the sum of one unit of a layer: added (S, N)."""
    z, _ = forward(network[: layer + 1], params[: layer + 1], x)
    z = z.expand(len(columns), *z.shape).clone()  # (S, N, O)
    z.scatter_add_(-1, columns[:, None, None].expand(-1, z.shape[1], 1), added.unsqueeze(-1))
    later = [tuple(p.expand(len(columns), *p.shape) for p in own) for own in params[layer + 1 :]]
    return forward(network[layer + 1 : -1], later, z)[0]


def effects(network: list[Layer], params: Params, x: Tensor, layer: int, rows: Tensor, columns: Tensor) -> Tensor:
    """How much the answer changes without each of S connections, (S,): how much probability moves to other classes,
    on average over the examples. 0 is no change, 1 every answer another one."""
    a, W = layer_inputs(network, params, x)[layer], params[layer][0]
    p, _ = softmax(forward(network[:-1], params, x)[0])
    found = []
    for i, j in zip(rows.split(AT_ONCE), columns.split(AT_ONCE), strict=True):
        q, _ = softmax(scores_with(network, params, x, layer, j, -(a[:, i] * W[i, j]).mT))
        found.append((q - p).abs().sum(-1).mean(-1) / 2)
    return torch.cat(found)


def raised(
    network: list[Layer], params: Params, x: Tensor, layer: int, rows: Tensor, columns: Tensor, more: float
) -> tuple[float, float]:
    """An input is raised by `more`, as one connection passes it on: the share of rises among all changes of the unit's
    sum, and among all changes of the network's scores."""
    W = params[layer][0][rows, columns]  # (S,)
    sums, _ = forward(network[: layer + 1], params[: layer + 1], x)
    before = sums[:, columns]
    scores, _ = forward(network[:-1], params, x)
    changed = [
        scores_with(network, params, x, layer, j, (w * more)[:, None].expand(-1, len(x))) - scores
        for j, w in zip(columns.split(AT_ONCE), W.split(AT_ONCE), strict=True)
    ]
    return share_of_rises(before + W * more - before), share_of_rises(torch.cat(changed))


def share_of_rises(change: Tensor) -> float:
    """Of the changes that are more than rounding, the share above 0; 0 where there is none."""
    return float((change > ROUNDING).sum() / (change.abs() > ROUNDING).sum().clamp(min=1))


def sizes(network: list[Layer], params: Params) -> Tensor:
    """Every connection's |w|, all layers one after the other."""
    return torch.cat([params[i][0].abs().flatten() for i in weighted(network)])


def without(network: list[Layer], params: Params, gone: Tensor) -> Params:
    """The parameters with the connections in `gone`, as places in the row of all of them, set to 0."""
    places = weighted(network)
    counts = [params[i][0].numel() for i in places]
    kept = torch.ones(sum(counts), dtype=params[places[0]][0].dtype, device=gone.device)
    kept[gone] = 0
    masks = dict(zip(places, kept.split(counts), strict=True))
    return [(p[0] * masks[i].view_as(p[0]), *p[1:]) if i in masks else p for i, p in enumerate(params)]


def accuracy(network: list[Layer], params: Params, split: Split) -> float:
    """The share of examples that the network gets right."""
    parts = zip(split.x.split(1000), split.y.split(1000), strict=True)
    right = sum((forward(network[:-1], params, x)[0].argmax(-1) == y).sum() for x, y in parts)
    return float(right) / len(split)


def removed_by(
    network: list[Layer], params: Params, split: Split, order: Tensor, shares: tuple[float, ...]
) -> list[float]:
    """The accuracy without the first so many connections of an order, for each share of all of them."""
    counts = [round(share * len(order)) for share in shares]
    return [accuracy(network, without(network, params, order[:n]), split) for n in counts]
