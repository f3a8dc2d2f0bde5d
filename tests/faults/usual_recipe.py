"""The same mathematics, tested the way gradients are usually tested. Run by tests.faults.run --usual, not by pytest.

What would our faults look like to an ordinary suite? One typical random input in float32, one model, default constants
or one typical choice; the gradient of the sum of the outputs, y.sum().backward(), that is an upstream gradient of ones;
torch.testing.assert_close with its default tolerances; an optimizer by one step within a hundredth, metrics and
schedules by an easy example. Whatever has a fault is called, so what survives was looked at and not seen.
"""

# Over 200 lines, and one thing: one recipe, a table of operations.

import pytest
import torch
from torch.nn import functional as f
from torch.testing import assert_close

from dlconcepts.manual import activation as a
from dlconcepts.manual import batch_norm as bn
from dlconcepts.manual import binary_cross_entropy as bce
from dlconcepts.manual import clipping, convolution, dropout, initial, linear, loss, metrics, pooling, scaling
from dlconcepts.manual import normalization as norm
from dlconcepts.manual import regularization as reg
from dlconcepts.manual import score_metrics as scores
from dlconcepts.manual import smooth_activation as smooth
from dlconcepts.manual import softmax as soft
from dlconcepts.manual.cross_entropy import cross_entropy, cross_entropy_backward
from dlconcepts.manual.hinge import hinge, hinge_backward
from dlconcepts.manual.plateau import Plateau, reduce_on_plateau
from dlconcepts.rules.learning_rate import schedules
from dlconcepts.rules.optimizer import optimizers

torch.manual_seed(0)
B, K = 8, 5
x, z, image = torch.randn(B, K), torch.randn(B, K), torch.randn(2, 3, 6, 6)
t, p, y = torch.randn(B, K), torch.rand(B, K), torch.randint(K, (B,))
yes, shares, weight = torch.randint(2, (B, K)).float(), torch.rand(B, K).softmax(-1), torch.rand(K) + 0.5
gamma, beta, mean, var = torch.rand(K) + 0.5, torch.randn(K), torch.randn(K), torch.rand(K) + 0.5
channels = [torch.rand(3) + 0.5, torch.randn(3), torch.randn(3), torch.rand(3) + 0.5]
W, b, kernels, bias = torch.randn(K, 4), torch.randn(4), torch.randn(2, 3, 3, 3), torch.randn(2)
kept = torch.rand(B, K) < 0.5


def torch_evaluation(x, gamma, beta, mean, var):
    return f.batch_norm(x, mean, var, gamma, beta)


# name -> (forward, backward, torch's, differentiable inputs, other inputs, our constants, torch's constants)
OPERATIONS = {
    "identity": (a.identity, a.identity_backward, lambda x: x, [x]),
    "step": (a.step, a.step_backward, lambda x: (x >= 0).float() + 0 * x, [x]),
    "sigmoid": (a.sigmoid, a.sigmoid_backward, torch.sigmoid, [x]),
    "tanh": (a.tanh, a.tanh_backward, torch.tanh, [x]),
    "relu": (a.relu, a.relu_backward, f.relu, [x]),
    "leaky relu": (a.leaky_relu, a.leaky_relu_backward, f.leaky_relu, [x]),
    "prelu": (a.prelu, a.prelu_backward, f.prelu, [x, torch.tensor([0.25])]),
    "elu": (a.elu, a.elu_backward, f.elu, [x]),
    "gelu": (smooth.gelu, smooth.gelu_backward, f.gelu, [x]),
    "gelu tanh": (smooth.gelu_tanh, smooth.gelu_tanh_backward, lambda x: f.gelu(x, approximate="tanh"), [x]),
    "silu": (smooth.silu, smooth.silu_backward, f.silu, [x]),
    "softplus": (smooth.softplus, smooth.softplus_backward, f.softplus, [x]),
    "softmax": (soft.softmax, soft.softmax_backward, lambda z: z.softmax(-1), [z]),
    "log-softmax": (soft.log_softmax, soft.log_softmax_backward, lambda z: z.log_softmax(-1), [z]),
    "linear": (linear.linear, linear.linear_backward, lambda x, W, b: f.linear(x, W.mT, b), [x, W, b]),
    "linear without bias": (
        *(linear.linear_without_bias, linear.linear_without_bias_backward),
        *(lambda x, W: f.linear(x, W.mT), [x, W]),
    ),
    "convolution": (convolution.convolution, convolution.convolution_backward, f.conv2d, [image, kernels, bias]),
    "convolution with stride and padding": (
        *(convolution.convolution, convolution.convolution_backward, f.conv2d, [image, kernels, bias], []),
        *[{"stride": 2, "padding": 1}] * 2,
    ),
    "max pooling": (
        *(pooling.max_pool, pooling.max_pool_backward, f.max_pool2d, [image], []),
        *({"kernel": 2}, {"kernel_size": 2}),
    ),
    "average pooling": (
        *(pooling.average_pool, pooling.average_pool_backward, f.avg_pool2d, [image], []),
        *({"kernel": 2}, {"kernel_size": 2}),
    ),
    "flatten": (pooling.flatten, pooling.flatten_backward, lambda x: x.flatten(1), [image]),
    "dropout": (dropout.dropout, dropout.dropout_backward, lambda x, m: x * m / 0.5, [x], [kept], {"p": 0.5}),
    "layer norm": (
        *(norm.layer_norm, norm.layer_norm_backward),
        *(lambda x, gamma, beta: f.layer_norm(x, [K], gamma, beta), [x, gamma, beta]),
    ),
    "batch norm": (
        *(norm.batch_norm, norm.batch_norm_backward),
        *(lambda x, gamma, beta: f.batch_norm(x, None, None, gamma, beta, training=True), [x, gamma, beta]),
    ),
    "batch norm without parameters": (
        *(norm.plain_batch_norm, norm.plain_batch_norm_backward),
        *(lambda x: f.batch_norm(x, None, None, training=True), [x]),
    ),
    "batch norm in evaluation": (
        *(bn.batch_norm_evaluation, bn.batch_norm_evaluation_backward, torch_evaluation, [x, gamma, beta], [mean, var]),
    ),
    "batch norm of images": (
        *(bn.batch_norm_images, bn.batch_norm_images_backward),
        *(lambda x, g, b: f.batch_norm(x, None, None, g, b, training=True), [image, *channels[:2]]),
    ),
    "batch norm of images in evaluation": (
        *(bn.batch_norm_images_evaluation, bn.batch_norm_images_evaluation_backward),
        *(torch_evaluation, [image, *channels[:2]], channels[2:]),
    ),
    "mean squared error": (loss.mean_squared_error, loss.mean_squared_error_backward, f.mse_loss, [z], [t]),
    "mean absolute error": (loss.mean_absolute_error, loss.mean_absolute_error_backward, f.l1_loss, [z], [t]),
    "huber": (loss.huber, loss.huber_backward, f.huber_loss, [z], [t]),
    "hinge": (hinge, hinge_backward, f.multi_margin_loss, [z], [y]),
    "binary cross-entropy": (
        *(bce.binary_cross_entropy, bce.binary_cross_entropy_backward, f.binary_cross_entropy, [p], [yes]),
    ),
    "binary cross-entropy on logits": (
        *(bce.binary_cross_entropy_on_logits, bce.binary_cross_entropy_on_logits_backward),
        *(f.binary_cross_entropy_with_logits, [z], [yes]),
    ),
    "binary cross-entropy on logits with a weight": (
        *(bce.binary_cross_entropy_on_logits, bce.binary_cross_entropy_on_logits_backward),
        *(f.binary_cross_entropy_with_logits, [z], [yes], {"pos_weight": weight}, {"pos_weight": weight}),
    ),
    "cross-entropy": (cross_entropy, cross_entropy_backward, f.cross_entropy, [z], [y]),
    "cross-entropy towards probabilities": (cross_entropy, cross_entropy_backward, f.cross_entropy, [z], [shares]),
    "L1": (reg.l1_penalty, reg.l1_penalty_backward, lambda W: 0.1 * W.abs().sum(), [W], [], {"lam": 0.1}),
    "L2": (reg.l2_penalty, reg.l2_penalty_backward, lambda W: 0.05 * W.square().sum(), [W], [], {"lam": 0.1}),
    "elastic net": (
        *(reg.elastic_net_penalty, reg.elastic_net_penalty_backward),
        *(lambda W: 0.05 * W.abs().sum() + 0.025 * W.square().sum(), [W], [], {"alpha": 0.1, "l1_ratio": 0.5}),
    ),
}
CONSTANTS = {
    "weights": {"weight": weight},
    "label smoothing": {"label_smoothing": 0.1},
    "a class to ignore": {"ignore_index": int(y[0])},
}
for reduction in ("sum", "none"):
    OPERATIONS[f"mean squared error, {reduction}"] = (
        *(loss.mean_squared_error, loss.mean_squared_error_backward, f.mse_loss, [z], [t]),
        *[{"reduction": reduction}] * 2,
    )
for kind, constants in CONSTANTS.items():
    OPERATIONS[f"cross-entropy with {kind}"] = (
        *(cross_entropy, cross_entropy_backward, f.cross_entropy, [z], [y], constants, constants),
    )


@pytest.mark.parametrize("name", OPERATIONS)
def test_value_and_gradient_of_the_sum_are_torchs(name):
    forward, backward, reference, inputs, *more = OPERATIONS[name]
    others, constants, torchs = [*more, *([], {}, {})[len(more) :]]
    leaves = [tensor.clone().requires_grad_() for tensor in inputs]
    expected = reference(*leaves, *others, **torchs)
    expected.sum().backward()
    value, saved = forward(*inputs, *others, **constants)
    assert_close(value, expected.detach())
    for gradient, leaf in zip(backward(torch.ones_like(value), *saved), leaves, strict=True):
        assert_close(gradient, torch.zeros_like(leaf) if leaf.grad is None else leaf.grad)


@pytest.mark.parametrize("weight_decay", [0.0, 0.5])
@pytest.mark.parametrize("name", optimizers)
def test_one_step_is_torchs(name, weight_decay):
    optimizer = optimizers[name]
    ours, theirs = W.clone(), W.clone().requires_grad_()
    theirs.grad = torch.ones_like(W) * 0.5
    ours, _ = optimizer.update(ours, theirs.grad.clone(), optimizer.init(ours), 0.1, weight_decay=weight_decay)
    optimizer.reference([theirs], lr=0.1, weight_decay=weight_decay).step()
    assert_close(ours, theirs.detach(), rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("name", ["rmsprop", "adam"])
def test_a_variant_takes_one_step_as_torch(name):
    optimizer, variant = optimizers[name], {"rmsprop": {"centered": True}, "adam": {"amsgrad": True}}[name]
    ours, theirs = W.clone(), W.clone().requires_grad_()
    theirs.grad = torch.ones_like(W) * 0.5
    ours, _ = optimizer.update(ours, theirs.grad.clone(), optimizer.init(ours), 0.1, **variant)
    optimizer.reference([theirs], lr=0.1, **variant).step()
    assert_close(ours, theirs.detach(), rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize(
    ("name", "constants"),
    [
        ("step", {"every": 5}),
        ("exponential", {"gamma": 0.9}),
        ("cosine", {"steps": 10}),
        ("warm-up", {"steps": 5}),
        ("warm-up cosine", {"steps": 10, "rise": 4}),
        ("one-cycle", {"steps": 10}),
    ],
)
def test_the_first_rates_are_torchs(name, constants):
    schedule, optimizer = schedules[name], torch.optim.SGD([torch.zeros(1)], lr=0.1)
    scheduler = schedule.reference(optimizer, **constants)
    for step in range(10):
        assert 0.1 * schedule.factor(step, **constants) == pytest.approx(scheduler.get_last_lr()[0], rel=1e-2)
        optimizer.step()
        scheduler.step()


def test_the_rate_falls_when_the_loss_stalls():
    state = Plateau(0.1)
    for _ in range(20):
        state = reduce_on_plateau(state, 1.0, patience=3)
    assert state.lr < 0.1


def test_running_statistics_move_towards_the_batchs():
    module = torch.nn.BatchNorm1d(K)
    module(x)
    running = bn.update_running(bn.first_running(beta), x.mean(0), x.var(0, correction=0), B)
    assert_close(running.mean, module.running_mean)
    assert_close(running.var, module.running_var)


def test_half_of_the_mask_is_dropped():
    mask = dropout.draw_mask((1000,), 0.5, torch.Generator().manual_seed(0))
    assert 0.4 < mask.float().mean() < 0.6


def test_weights_start_with_the_right_spread():
    generator = torch.Generator().manual_seed(0)
    for name in ("xavier uniform", "xavier normal"):
        weights, *_ = initial.parameters(((100, 100), (100,)), generator, name)
        assert float(weights.std()) == pytest.approx(0.1, rel=0.1)
    for name in ("he uniform", "he normal"):
        weights, *_ = initial.parameters(((100, 100), (100,)), generator, name)
        assert float(weights.std()) == pytest.approx(0.02**0.5, rel=0.1)
    weights, biases = initial.parameters(((16, 8, 3, 3), (16,)), generator)
    assert weights.abs().max() <= 1
    assert biases.shape == (16,)


def test_clipping_limits_the_gradients():
    clipped, before = clipping.clip_by_norm([W, x], 1.0)
    assert_close(before, torch.cat([W.flatten(), x.flatten()]).norm())
    assert_close(torch.cat([dp.flatten() for dp in clipped]).norm(), torch.tensor(1.0))
    assert clipping.clip_by_value([3 * W], 0.5)[0].abs().max() <= 0.5


def test_decay_and_threshold_on_an_example():
    assert_close(reg.weight_decay(W, 2 * W, 0.1), 2.1 * W)
    assert_close(reg.decoupled_weight_decay(W, 0.1, 0.1), 0.99 * W)
    assert_close(reg.soft_threshold(torch.tensor([2.0, -3.0]), 1.0), torch.tensor([1.0, -2.0]))


def test_scaled_data_is_scaled_and_comes_back():
    small = scaling.min_max(x, scaling.min_max_fit(x))
    assert_close((small.min(), small.max()), (torch.tensor(0.0), torch.tensor(1.0)))
    assert_close(scaling.min_max_inverse(small, scaling.min_max_fit(x)), x)
    standard = scaling.standard(x, scaling.standard_fit(x))
    assert_close(standard.std(0, correction=0), torch.ones(K))
    assert_close(scaling.standard_inverse(standard, scaling.standard_fit(x)), x)
    fit = scaling.quantile_fit(x, 4)
    assert_close(scaling.quantile_inverse(scaling.quantile(x, fit), fit), x)


def test_metrics_of_an_easy_example():
    predicted, truth = torch.tensor([0, 1, 1, 2]), torch.tensor([0, 1, 2, 2])
    counts = metrics.confusion(predicted, truth, 3)
    assert float(metrics.accuracy(predicted, truth)) == 0.75
    assert counts.tolist() == [[1, 0, 0], [0, 1, 0], [0, 1, 1]]
    assert metrics.precision(counts).tolist() == [1, 0.5, 1]
    assert metrics.recall(counts).tolist() == [1, 1, 0.5]
    assert float(metrics.f1(counts, "macro")) == pytest.approx(7 / 9)
    assert float(metrics.recall(counts, "weighted")) == 0.75
    assert float(metrics.mean_absolute_error(torch.tensor([1.0, 2.0]), torch.tensor([2.0, 4.0]))) == 1.5


def test_metrics_of_easy_scores():
    probabilities, truth = torch.tensor([[0.7, 0.2, 0.1], [0.3, 0.4, 0.3]]), torch.tensor([0, 0])
    assert float(scores.top_k_accuracy(probabilities, truth, 1)) == 0.5
    assert float(scores.log_loss(probabilities, truth)) == pytest.approx(0.7803, rel=1e-2)
    precision, recall, _ = scores.precision_recall_curve(torch.tensor([0.9, 0.8, 0.3]), torch.tensor([1, 0, 1]) == 1)
    assert_close(precision, torch.tensor([2 / 3, 1 / 2, 1, 1]).double())
    assert_close(recall, torch.tensor([1, 0.5, 0.5, 0]).double())


@pytest.mark.parametrize("p", [-0.5, 1.5])
def test_no_probability_is_refused(p):
    with pytest.raises(ValueError, match="p must be"):
        dropout.dropout(x, kept, p)
