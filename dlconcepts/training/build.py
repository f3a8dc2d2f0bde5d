"""From a Setting to a network: the layers that train, the layers that evaluate, and what they are given.

Shapes: x (M, B, 784) or, before a convolution, images (M, B, 1, 28, 28); y (M, B) class numbers.
"""

import torch
from torch import Tensor

from ..images.data_set import CLASSES, SIDE
from ..manual.backprop import Params
from ..manual.batch_norm import Running, first_running, update_running
from ..manual.dropout import draw_mask
from ..manual.network import Layer
from ..manual.targets import onehot
from ..rules.activation import rules as activations
from ..rules.batch_norm import rules as batch_norms
from ..rules.convolution import rules as convolutions
from ..rules.dropout import rules as dropouts
from ..rules.loss import rules as losses
from ..rules.normalization import rules as norms
from ..rules.pooling import rules as poolings
from ..rules.rms_norm import rules as rms_norms
from ..rules.softmax import rules as softmaxes
from .fully_connected import fully_connected
from .seeding import generator
from .setting import Setting

FITTING = {  # the losses that want more than the last layer's sums
    "binary cross-entropy": "sigmoid",
    "negative log-likelihood": "log-softmax",
    "KL divergence": "log-softmax",
}
OUTPUTS = {"sigmoid": activations["sigmoid"], **softmaxes}
# the losses whose targets are class numbers; the others want one-hot rows
CLASS_NUMBERS = ("cross-entropy", "smoothed cross-entropy", "negative log-likelihood", "hinge")
DROPOUT = dropouts["dropout"]
KERNEL, POOL = 3, 2


def build(models: list[Setting], x: Tensor) -> list[Layer]:
    """The network that these settings describe, for training on x; constants hold one number per model."""
    setting = models[0]
    layers = [layer for block in convolution_blocks(setting) for layer in block]
    inputs = setting.filters[-1] * (SIDE // POOL ** len(setting.filters)) ** 2 if setting.filters else x.shape[-1]
    dropped = numbers(models, "dropout")
    for width in setting.hidden:
        layers += hidden_block(setting, inputs, width)
        layers += (
            [Layer(DROPOUT, constants={"p": dropped}, evaluation=activations["identity"])] if dropped.any() else []
        )
        inputs = width
    layers.append(fully_connected(inputs, CLASSES, setting.bias))
    layers += output_layers(setting)
    smoothing = numbers(models, "label_smoothing").to(x)
    return [*layers, Layer(losses[setting.loss], constants={"label_smoothing": smoothing} if smoothing.any() else {})]


def output_layers(setting: Setting) -> list[Layer]:
    """What stands between the last layer's sums and the loss: nothing, a sigmoid or a softmax."""
    output = FITTING.get(setting.loss) if setting.output == "fitting" else setting.output
    return [Layer(OUTPUTS[output])] if output else []


def convolution_blocks(setting: Setting) -> list[list[Layer]]:
    """Convolution, batch norm if wanted, activation and pooling for each entry of `filters`; then flattening.

    Before batch norm a kernel's bias would change nothing: none.
    """
    blocks = []
    for C, O in zip((1, *setting.filters), setting.filters, strict=False):
        sums = convolution(C, O, bias=setting.normalization != "batch norm")
        norm = [batch_norm("batch norm of images", O)] if setting.normalization == "batch norm" else []
        pool = Layer(poolings["max pooling"], constants={"kernel": POOL})
        blocks.append([sums, *norm, Layer(activations[setting.activation]), pool])
    return [*blocks, [Layer(poolings["flatten"])]] if blocks else []


def convolution(C: int, O: int, bias: bool) -> Layer:
    """3 x 3 kernels on C channels for O of them; at the border zeros, so that images keep their size."""
    rule, own = ("convolution", ((O,),)) if bias else ("convolution without bias", ())
    return Layer(convolutions[rule], ((O, C, KERNEL, KERNEL), *own), {"padding": 1})


def hidden_block(setting: Setting, I: int, O: int) -> list[Layer]:
    """Weighted sums, normalization if wanted, activation. Before batch norm a bias would change nothing: none."""
    activation = Layer(activations[setting.activation])
    if setting.normalization == "batch norm":
        return [fully_connected(I, O, bias=False), batch_norm("batch norm", O), activation]
    if setting.normalization == "rms norm":
        return [fully_connected(I, O, setting.bias), Layer(rms_norms["rms norm"], ((O,),)), activation]
    if setting.normalization == "layer norm":
        return [fully_connected(I, O, setting.bias), Layer(norms["layer norm"], ((O,), (O,))), activation]
    return [fully_connected(I, O, setting.bias), activation]


def batch_norm(name: str, C: int) -> Layer:
    rules = norms | batch_norms
    return Layer(rules[name], ((C,), (C,)), evaluation=rules[f"{name} in evaluation"])


def numbers(models: list[Setting], name: str) -> Tensor:
    """A field of each model, (M,), in float64."""
    return torch.tensor([getattr(model, name) for model in models], dtype=torch.float64)


def has_running(layer: Layer) -> bool:
    """Is it a batch norm?"""
    return layer.evaluation is not None and layer.rule is not DROPOUT


def first_statistics(network: list[Layer], params: Params) -> dict[int, Running]:
    """The running statistics before training, by the index of each batch norm in the network."""
    return {i: first_running(params[i][1]) for i, layer in enumerate(network) if has_running(layer)}


def next_statistics(running: dict[int, Running], tape: list[tuple]) -> dict[int, Running]:
    """The running statistics after a training batch, from what its forward pass saved."""
    return {i: next_of_layer(before, *tape[i]) for i, before in running.items()}


def next_of_layer(before: Running, x: Tensor, gamma: Tensor, mean: Tensor, var: Tensor, eps: float) -> Running:
    return update_running(before, mean, var, n=x.numel() // mean.numel())


def evaluation(network: list[Layer]) -> list[Layer]:
    """The same layers as they are when nothing is learned; the loss without its constants, so that arms compare."""
    layers = [Layer(layer.evaluation) if layer.evaluation else layer for layer in network[:-1]]
    return [*layers, Layer(network[-1].rule)]


def evaluation_params(params: Params, running: dict[int, Running]) -> Params:
    """The parameters that `evaluation` takes: a batch norm's with its running mean and variance."""
    return [(*p, running[i].mean, running[i].var) if i in running else p for i, p in enumerate(params)]


def as_input(x: Tensor, setting: Setting) -> Tensor:
    """Pixels (..., B, 784) as the first layer takes them: as images (..., B, 1, 28, 28) before a convolution."""
    return x.unflatten(-1, (1, SIDE, SIDE)) if setting.filters else x


def as_target(y: Tensor, like: Tensor, setting: Setting) -> Tensor:
    """Class numbers (..., B) as the loss takes them: as one-hot rows (..., B, K) where it compares numbers."""
    if setting.loss in CLASS_NUMBERS:
        return y
    return onehot(y, like.new_empty(1).expand(*y.shape, CLASSES))


def masks(network: list[Layer], models: list[Setting], seeds: list[int], step: int, B: int) -> dict[int, Tensor]:
    """This step's dropout masks (M, B, O), by the index of the layer: each fixed by seed, layer and step alone.

    Models with one seed and one share of dropped values have one mask, drawn once.
    """
    layers = [i for i, layer in enumerate(network) if layer.rule is DROPOUT]
    if not layers:
        return {}  # at once: this is asked at every step
    keys = [(seed, model.dropout) for model, seed in zip(models, seeds, strict=True)]
    width = models[0].hidden
    found = {}
    for k, i in enumerate(layers):
        drawn = {(seed, p): draw_mask((B, width[k]), p, generator(seed, f"mask {k}", step)) for seed, p in set(keys)}
        found[i] = torch.stack([drawn[key] for key in keys])
    return found
