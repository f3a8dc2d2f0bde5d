"""Running statistics, evaluation and images: in lock-step with torch's BatchNorm1d and BatchNorm2d."""

import pytest
import torch

from dlconcepts.manual.batch_norm import (
    Running,
    batch_norm_evaluation,
    batch_norm_evaluation_backward,
    batch_norm_images,
    batch_norm_images_backward,
    batch_norm_images_evaluation,
    first_running,
    images,
    pixels,
    update_running,
)
from dlconcepts.manual.normalization import batch_norm, batch_norm_backward
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error

inf, nan = float("inf"), float("nan")


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def agree(running, layer, bound=1e-14):
    assert error(running.mean, layer.running_mean) <= bound
    assert error(running.var, layer.running_var) <= bound
    assert running.batches == int(layer.num_batches_tracked)


def start(*lead, C=3):
    gamma, beta = normal((*lead, C), seeded(8)), normal((*lead, C), seeded(9))
    return gamma, beta, first_running(beta)


def torch_layer(kind, gamma, beta, **constants):
    layer = kind(len(gamma), dtype=torch.float64, **constants)
    layer.load_state_dict({**layer.state_dict(), "weight": gamma, "bias": beta})
    return layer


def test_before_the_first_batch_the_mean_is_zero_and_the_variance_one():
    running = first_running(torch.full((2, 3), 7.0))
    assert torch.equal(running.mean, torch.zeros(2, 3))
    assert torch.equal(running.var, torch.ones(2, 3))
    assert running.batches == 0


@pytest.mark.parametrize("momentum", [0.1, 0.3, 1.0, 0.0, None], ids=str)
def test_training_and_evaluation_go_with_torchs_batch_after_batch(momentum):
    gamma, beta, running = start()
    layer = torch_layer(torch.nn.BatchNorm1d, gamma, beta, momentum=momentum)
    for step, n in enumerate([4, 7, 2, 5]):
        x = (step + 1) * normal((n, 3), seeded(step)) + step
        y, (_, _, mean, var, _) = batch_norm(x, gamma, beta)
        running = update_running(running, mean, var, n, momentum)
        assert error(y, layer(x).detach()) <= 1e-14
        agree(running, layer)
    layer.eval()
    x = normal((1, 3), seeded(5))
    y, _ = batch_norm_evaluation(x, gamma, beta, running.mean, running.var)
    assert error(y, layer(x).detach()) <= 1e-14


def test_the_default_momentum_is_a_tenth():
    _, _, running = start()
    mean, var = torch.full((3,), 10.0).double(), torch.full((3,), 4.0).double()
    found = update_running(running, mean, var, 5)
    assert error(found.mean, torch.full((3,), 1.0).double()) <= 1e-15
    assert error(found.var, torch.tensor([0.9 + 0.1 * 5] * 3, dtype=torch.float64)) <= 1e-15  # 4 biased is 5 unbiased


def test_momentum_none_is_the_plain_mean_over_the_batches():
    running = first_running(torch.zeros(1).double())
    for value in (2.0, 4.0, 9.0):
        running = update_running(running, torch.tensor([value]).double(), torch.tensor([value]).double(), 2, None)
    assert error(running.mean, torch.tensor([5.0]).double()) <= 1e-15
    assert error(running.var, torch.tensor([10.0]).double()) <= 1e-15


def test_images_go_with_batchnorm2d_batch_after_batch():
    gamma, beta, running = start()
    layer = torch_layer(torch.nn.BatchNorm2d, gamma, beta)
    for step, (B, H, W) in enumerate([(2, 3, 4), (1, 2, 1), (3, 1, 5)]):
        x = (step + 1) * normal((B, 3, H, W), seeded(step)) + step
        y, (_, _, mean, var, _) = batch_norm_images(x, gamma, beta)
        running = update_running(running, mean, var, B * H * W)
        assert error(y, layer(x).detach()) <= 1e-14
        agree(running, layer)
    layer.eval()
    x = normal((1, 3, 2, 3), seeded(5))
    y, saved = batch_norm_images_evaluation(x, gamma, beta, running.mean, running.var)
    assert error(y, layer(x).detach()) <= 1e-14
    assert saved[0] is x


@pytest.mark.parametrize("momentum", [0.1, None], ids=str)
def test_an_empty_batch_changes_nothing_but_the_count_as_in_torch(momentum):
    gamma, beta, running = start()
    layer = torch_layer(torch.nn.BatchNorm1d, gamma, beta, momentum=momentum)
    for n in (4, 0, 5):
        x = normal((n, 3), seeded(n))
        y, (_, _, mean, var, _) = batch_norm(x, gamma, beta)
        running = update_running(running, mean, var, n, momentum)
        assert error(y, layer(x).detach()) <= 1e-14
        agree(running, layer)


def test_a_batch_of_one_value_per_channel_is_refused_and_nothing_has_changed():
    gamma, beta, running = start()
    with pytest.raises(ValueError, match="more than 1 value per feature in training, got 1; use a larger batch"):
        batch_norm_images(torch.zeros(1, 3, 1, 1).double(), gamma, beta)
    with pytest.raises(ValueError, match="more than 1 value per feature in training, got 1; use a larger batch"):
        update_running(running, running.mean, running.var, 1)
    assert running.batches == 0
    assert torch.equal(running.mean, torch.zeros(3).double())


def test_updating_returns_new_statistics_and_leaves_the_old():
    running = Running(torch.zeros(2), torch.ones(2), 3)
    found = update_running(running, torch.ones(2), torch.ones(2), 2)
    assert running.mean.tolist() == [0, 0]
    assert running.var.tolist() == [1, 1]
    assert (running.batches, found.batches) == (3, 4)


def test_each_model_may_have_its_own_momentum_and_a_nan_stays_in_its_model():
    gamma, beta, running = start(3)
    momentum = torch.tensor([0.1, 0.5, 1.0]).double()
    x = normal((3, 6, 3), seeded())
    x[1, 0, 0] = nan
    _, (_, _, mean, var, _) = batch_norm(x, gamma, beta)
    found = update_running(running, mean, var, 6, momentum)
    for m in range(3):
        alone = update_running(Running(running.mean[m], running.var[m], 0), mean[m], var[m], 6, float(momentum[m]))
        assert error(found.mean[m], alone.mean) == 0
        assert error(found.var[m], alone.var) == 0
    assert found.mean[1].isnan().tolist() == found.var[1].isnan().tolist() == [True, False, False]
    assert not found.mean[[0, 2]].isnan().any()
    later = update_running(found, mean.nan_to_num(), var.nan_to_num(), 6)
    assert later.mean[1, 0].isnan()  # for ever


def test_in_evaluation_a_gradient_passes_each_example_by_itself():
    gamma, beta, _ = start()
    mean, var = normal((3,), seeded(1)), torch.tensor([0.5, 1.0, 2.0]).double()
    x, dy = normal((5, 3), seeded(2)), normal((5, 3), seeded(3))
    _, saved = batch_norm_evaluation(x, gamma, beta, mean, var, 0.5)
    dx, dgamma, dbeta = batch_norm_evaluation_backward(dy, *saved)
    assert error(dx, dy * gamma / (var + 0.5).sqrt()) <= 1e-15
    assert error(dgamma, (dy * (x - mean) / (var + 0.5).sqrt()).sum(0)) <= 1e-15
    assert error(dbeta, dy.sum(0)) <= 1e-15


def test_evaluation_with_the_batchs_own_statistics_gives_what_training_gives():
    gamma, beta, _ = start(2)
    x = normal((2, 6, 3), seeded())
    y, (_, _, mean, var, _) = batch_norm(x, gamma, beta)
    assert error(batch_norm_evaluation(x, gamma, beta, mean, var)[0], y) <= 1e-15


def test_an_image_of_one_pixel_is_a_row():
    gamma, beta, _ = start(2)
    x, dy = normal((2, 6, 3), seeded()), normal((2, 6, 3), seeded(1))
    y, saved = batch_norm(x, gamma, beta)
    of_images, images_saved = batch_norm_images(x[..., None, None], gamma, beta)
    assert error(of_images[..., 0, 0], y) <= 1e-15
    dx, *rest = batch_norm_images_backward(dy[..., None, None], *images_saved)
    for a, b in zip((dx[..., 0, 0], *rest), batch_norm_backward(dy, *saved), strict=True):
        assert error(a, b) <= 1e-15


def test_pixels_and_images_undo_each_other():
    x = torch.arange(48.0).view(1, 2, 2, 3, 4)
    rows = pixels(x)
    assert rows.shape == (1, 24, 2)
    assert rows[0, :3].tolist() == [[0, 12], [1, 13], [2, 14]]
    assert torch.equal(images(rows, x), x)


def test_what_does_not_fit_is_refused():
    gamma, beta, running = start()
    x = torch.zeros(4, 3).double()
    for mean, var in [(torch.zeros(1), torch.ones(3)), (torch.zeros(3), torch.ones(1)), (torch.zeros(4, 3),) * 2]:
        with pytest.raises(ValueError, match=r"^gamma \(3,\) and (mean|var) \(.*\) must be equal$"):
            batch_norm_evaluation(x, gamma, beta, mean, var)
        with pytest.raises(ValueError, match=r"^running_mean \(3,\) and (mean|var) \(.*\) must be equal$"):
            update_running(running, mean, var, 4)
    with pytest.raises(ValueError, match=r"^x_models_and_features \(3,\) and beta \(1,\) must be equal$"):
        batch_norm_evaluation(x, gamma, beta[:1], running.mean, running.var)
    for call in (batch_norm_images, batch_norm_images_evaluation):
        with pytest.raises(ValueError, match=r"expected images .*\(4, 3\)"):
            call(x, gamma, beta, *(() if call is batch_norm_images else (running.mean, running.var)))
