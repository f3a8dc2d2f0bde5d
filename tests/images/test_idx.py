import gzip
import shutil

import pytest

from dlconcepts.images.data_set import EMBEDDED, load
from dlconcepts.images.idx import DataError
from tests.images.idx_files import NAMES, idx, images, labels, write

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


def test_impossible_counts_are_named_and_not_wrapped_around(folder):
    write(folder / NAMES[0], idx(0x803, (2**31, 2**31, 4), []))
    with pytest.raises(DataError, match=f"= {2**64} bytes of data, found 0"):
        load(folder)


def test_a_missing_file_is_named(folder):
    (folder / NAMES[3]).unlink()
    with pytest.raises(DataError, match=r"t10k-labels-idx1-ubyte: expected this file or its \.gz"):
        load(folder)
