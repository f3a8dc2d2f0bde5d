"""Data sets that must not be trained on."""

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path

from .box import SHORT, Box, contents
from .rows import Trial, last_line, row

IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
TRAINING, TEST, SIDE = 10_500, 100, 28  # the last 10,000 are for validation


def idx(magic: int, shape: tuple[int, ...], values: bytes) -> bytes:
    return b"".join(n.to_bytes(4, "big") for n in (magic, *shape)) + values


def whole(folder: Path, training: int = TRAINING) -> Path:
    """A small data set in MNIST's layout that is as it should be, if dull: all images are the same."""
    for part, n in [("train", training), ("t10k", TEST)]:
        pixels = bytes(i % 251 for i in range(SIDE * SIDE)) * n
        (folder / f"{part}-images-idx3-ubyte").write_bytes(idx(0x0803, (n, SIDE, SIDE), pixels))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(idx(0x0801, (n,), bytes(i % 10 for i in range(n))))
    return folder


def damage(name: str, how: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    def apply(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(how(path.read_bytes()))
        return path

    return apply


def under_another_name(name: str, new: str, how: Callable[[bytes], bytes] = bytes) -> Callable[[Path], Path]:
    def apply(folder: Path) -> Path:
        (folder / new).write_bytes(how((folder / name).read_bytes()))
        (folder / name).unlink()
        return folder / new

    return apply


def missing(name: str) -> Callable[[Path], Path]:
    def apply(folder: Path) -> Path:
        (folder / name).unlink()
        return folder / name

    return apply


def flipped(raw: bytes) -> bytes:
    packed = bytearray(gzip.compress(raw, mtime=0))
    packed[len(packed) // 2] ^= 1
    return bytes(packed)


HTML = b"<!doctype html><title>404</title>"
FAULTS = {
    "a truncated file": damage(IMAGES, lambda raw: raw[: len(raw) // 2]),
    "an empty file": damage(LABELS, lambda raw: b""),
    "a text in its place": damage(LABELS, lambda raw: b"not yet downloaded\n"),
    "a web page in its place": damage(IMAGES, lambda raw: HTML),
    "a wrong magic number": damage(IMAGES, lambda raw: b"\0\0\x08\x01" + raw[4:]),
    "a count too high": damage(LABELS, lambda raw: raw[:4] + (TRAINING + 1).to_bytes(4, "big") + raw[8:]),
    "a count too low": damage(IMAGES, lambda raw: raw[:4] + (TRAINING - 1).to_bytes(4, "big") + raw[8:]),
    "a count beyond all files": damage(IMAGES, lambda raw: raw[:4] + b"\xff" * 12 + raw[16:]),
    "fewer labels than images": damage(LABELS, lambda raw: idx(0x0801, (TRAINING - 1,), raw[8:-1])),
    "more labels than images": damage(LABELS, lambda raw: idx(0x0801, (TRAINING + 1,), raw[8:] + b"\1")),
    "a label over 9": damage(LABELS, lambda raw: raw[:-1] + b"\x4d"),
    "47 classes": damage(LABELS, lambda raw: raw[:8] + bytes(i % 47 for i in range(TRAINING))),
    "images of 20x20": damage(IMAGES, lambda raw: idx(0x0803, (TRAINING, 20, 20), raw[16 : 16 + 400 * TRAINING])),
    "too few images": damage(LABELS, lambda raw: idx(0x0801, (50,), raw[8:58])),
    "gzip where raw is expected": damage(IMAGES, gzip.compress),
    "raw where gzip is expected": under_another_name(LABELS, f"{LABELS}.gz"),
    "a flipped bit in a gzip file": under_another_name(IMAGES, f"{IMAGES}.gz", flipped),
    "a truncated gzip file": under_another_name(IMAGES, f"{IMAGES}.gz", lambda raw: gzip.compress(raw)[:-20]),
    "a missing file": missing("t10k-labels-idx1-ubyte"),
}


def trial(fault: Callable[[Path], Path]) -> Callable[[Box], Trial]:
    def tried(box: Box) -> Trial:
        path, out = fault(whole(box.place("data"))), box.results()
        before = contents(out)
        said = box.run(*SHORT, "--data", str(path.parent), "--out", str(out))
        return Trial(said.refused(str(path.parent), "; "), contents(out) == before, last_line(said.err))

    return tried


for name, fault in FAULTS.items():
    row(f"data: {name}")(trial(fault))


@row("data: another whole data set in the same layout")
def another(box: Box) -> Trial:
    out = box.place()
    said = box.run(*SHORT, "--data", str(whole(box.place("another set"))), "--out", str(out))
    return Trial(said.done(), (out / "epochs.json").is_file(), "trained, and not judged")


@row("data: a folder that is not there")
def nowhere(box: Box) -> Trial:
    out = box.results()
    before = contents(out)
    said = box.run(*SHORT, "--data", str(box.folder / "nowhere"), "--out", str(out))
    return Trial(said.refused("nowhere", "--data"), contents(out) == before, last_line(said.err))


@row("data: a flipped bit in the embedded files")
def embedded(box: Box) -> Trial:
    site, out = box.place("site"), box.results()
    shutil.copytree(box.package, site, dirs_exist_ok=True)
    path = site / "dlconcepts" / "mnist" / "train-images-idx3-ubyte.gz"
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    before = contents(out)
    said = box.run(*SHORT, "--out", str(out), environment={"PYTHONPATH": str(site)})
    return Trial(said.refused(path.name, "SHA-256", "install"), contents(out) == before, last_line(said.err))
