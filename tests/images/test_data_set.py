import gzip
import shutil

import pytest
import torch

from dlconcepts.images.data_set import EMBEDDED, DataError, load

NAMES = [f"{part}-{kind}" for part in ("train", "t10k") for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")]


def idx(magic, shape, values):
    return b"".join(n.to_bytes(4, "big") for n in (magic, *shape)) + bytes(values)


def images(n, side=28):
    return idx(0x803, (n, side, side), [i % 251 for i in range(n * side * side)])


def labels(values):
    return idx(0x801, (len(values),), values)


@pytest.fixture
def folder(tmp_path):
    """A small data set in MNIST's layout: 10,004 training and 3 test images, two of the files gzipped."""
    write(tmp_path / NAMES[0], images(10_004))
    write(tmp_path / f"{NAMES[1]}.gz", labels([i % 10 for i in range(10_004)]))
    write(tmp_path / f"{NAMES[2]}.gz", images(3))
    write(tmp_path / NAMES[3], labels([7, 8, 9]))
    return tmp_path


def write(path, raw):
    path.write_bytes(gzip.compress(raw, 1) if path.suffix == ".gz" else raw)


def test_mnist_has_its_well_known_splits(mnist):
    assert [len(split) for split in (mnist.train, mnist.validation, mnist.test)] == [50_000, 10_000, 10_000]
    assert mnist.train.x.shape == (50_000, 784)
    assert mnist.train.x.dtype == torch.float32
    assert (float(mnist.train.x.min()), float(mnist.train.x.max())) == (0, 1)


def test_our_tensors_are_torchvisions(mnist, tmp_path):
    from torchvision import datasets  # five seconds, which no other test waits for

    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for path in EMBEDDED.glob("*.gz"):
        (raw / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
    theirs = datasets.MNIST(tmp_path, train=True)
    ours = torch.cat([mnist.train.x, mnist.validation.x])
    assert torch.equal(ours, theirs.data.flatten(1).float() / 255)
    assert torch.equal(torch.cat([mnist.train.y, mnist.validation.y]), theirs.targets)
    theirs = datasets.MNIST(tmp_path, train=False)
    assert torch.equal(mnist.test.x, theirs.data.flatten(1).float() / 255)
    assert torch.equal(mnist.test.y, theirs.targets)


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


WRONG = {
    "truncated": (NAMES[0], images(10_004)[:-5], "expected 10004 x 28 x 28 = 7843136 bytes of data, found 7843131"),
    "too long": (NAMES[0], images(10_004) + b"x", "found 7843137"),
    "empty": (NAMES[0], b"", "0x00000803, found an empty file"),
    "a header cut short": (NAMES[0], images(10_004)[:9], "found 9 bytes starting with 0x00000803"),
    "a page of HTML": (NAMES[0], b"<!DOCTYPE html><html>", "found 21 bytes starting with 0x3c21444f"),
    "labels for images": (NAMES[0], labels([1] * 20), "0x00000803, found 28 bytes starting with 0x00000801"),
    "more images than labels": (NAMES[0], images(10_005), "each of 10005 images, found 10004"),
    "fewer images than labels": (NAMES[0], images(10_003), "each of 10003 images, found 10004"),
    "other size": (NAMES[0], images(10_004, 20), "expected images of 28x28, found 20x20"),
    "gzip without .gz": (NAMES[0], gzip.compress(images(10_004), 1), "expected raw bytes, found"),
    "raw with .gz": (f"{NAMES[2]}.gz", None, "expected gzip, found"),
    "a label over 9": (NAMES[3], labels([7, 77, 9]), "expected labels from 0 to 9, found 77"),
    "no test images": (NAMES[3], labels([]), "expected a label for each of 3 images, found 0"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_wrong_file_is_refused_in_one_line_with_file_finding_and_cure(folder, fault):
    name, raw, message = WRONG[fault]
    if raw is None:
        (folder / name).write_bytes(images(3))
    else:
        write(folder / name, raw)
    with pytest.raises(DataError) as refusal:
        load(folder)
    text = str(refusal.value)
    assert message in text
    assert name.split("-")[0] in text
    assert "\n" not in text
    assert ";" in text  # what to do comes last


def test_a_damaged_gzip_file_is_refused(folder):
    path = folder / f"{NAMES[2]}.gz"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match="whole gzip file, found a damaged one"):
        load(folder)


def test_a_flipped_bit_in_our_own_files_is_refused(tmp_path, monkeypatch):
    copy = tmp_path / "mnist"
    shutil.copytree(EMBEDDED, copy)
    path = copy / f"{NAMES[3]}.gz"
    raw = bytearray(path.read_bytes())
    raw[2000] ^= 1
    path.write_bytes(raw)
    monkeypatch.setattr("dlconcepts.images.data_set.EMBEDDED", copy)
    with pytest.raises(DataError, match=r"t10k-labels.*expected SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}"):
        load()


def test_a_data_set_without_test_images_is_refused(folder):
    write(folder / f"{NAMES[2]}.gz", images(0))
    write(folder / NAMES[3], labels([]))
    with pytest.raises(DataError, match="expected test images, found none"):
        load(folder)


def test_impossible_counts_are_named_and_not_wrapped_around(folder):
    write(folder / NAMES[0], idx(0x803, (2**31, 2**31, 4), []))
    with pytest.raises(DataError, match=f"= {2**64} bytes of data, found 0"):
        load(folder)


def test_a_missing_file_is_named(folder):
    (folder / NAMES[3]).unlink()
    with pytest.raises(DataError, match=r"t10k-labels-idx1-ubyte: expected this file or its \.gz"):
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
