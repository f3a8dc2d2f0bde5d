import gzip
import shutil

import pytest
import torch

from dlconcepts.images.data_set import EMBEDDED, load
from dlconcepts.images.idx import DataError
from tests.images.idx_files import NAMES, images, labels, write


def test_mnist_has_its_well_known_splits(mnist):
    assert [len(split) for split in (mnist.train, mnist.validation, mnist.test)] == [50_000, 10_000, 10_000]
    assert mnist.train.x.shape == (50_000, 784)
    assert mnist.train.x.dtype == torch.float32
    assert (float(mnist.train.x.min()), float(mnist.train.x.max())) == (0, 1)


def test_another_data_set_may_be_gzipped_or_not(folder):
    data = load(folder)
    assert (len(data.train), len(data.validation), len(data.test)) == (4, 10_000, 3)
    assert data.test.y.tolist() == [7, 8, 9]
    assert data.name == folder.name


def test_a_data_set_may_lie_as_torchvision_leaves_it(folder, tmp_path_factory):
    given = tmp_path_factory.mktemp("sets") / "FashionMNIST"
    shutil.copytree(folder, given / "raw")
    data = load(given)
    assert (data.name, data.sha256) == ("FashionMNIST", load(folder).sha256)


def test_the_same_bytes_have_the_same_checksum_however_packed(mnist, tmp_path):
    for name in NAMES:
        write(tmp_path / name, gzip.decompress((EMBEDDED / f"{name}.gz").read_bytes()))
    assert load(tmp_path).sha256 == mnist.sha256


def test_a_data_set_without_test_images_is_refused(folder):
    write(folder / f"{NAMES[2]}.gz", images(0))
    write(folder / NAMES[3], labels([]))
    with pytest.raises(DataError, match="expected test images, found none"):
        load(folder)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(DataError, match="nowhere: expected a folder"):
        load(tmp_path / "nowhere")


def test_too_few_training_images_leave_none_to_train_on(folder):
    write(folder / NAMES[0], images(10_000))
    write(folder / f"{NAMES[1]}.gz", labels([0] * 10_000))
    with pytest.raises(DataError, match="expected more than 10000 training images"):
        load(folder)


def test_a_folder_raw_beside_the_files_is_not_looked_into(folder):
    (folder / "raw").mkdir()
    assert len(load(folder).train) == 4
