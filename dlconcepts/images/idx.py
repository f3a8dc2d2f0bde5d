"""A file in MNIST's IDX layout, strictly read.

The reader is strict because a wrong file trains happily: a flipped bit, a label 77, twenty images with fifteen labels.
"""

import gzip
import hashlib
import math
import zlib
from pathlib import Path

import torch
from torch import Tensor

IMAGES, LABELS = 0x0803, 0x0801  # IDX magic numbers: unsigned bytes in 3 and in 1 dimensions


class DataError(Exception):
    """A file that must not be trained on. One line: the file, what was expected, what was found, the cure."""


def find(place: Path, name: str) -> Path:
    """The file itself or its .gz. Raises DataError where there is neither."""
    for candidate in (place / f"{name}.gz", place / name):
        if candidate.is_file():
            return candidate
    raise DataError(f"{place / name}: expected this file or its .gz, found neither; put it there or check --data")


def read_idx(path: Path, magic: int, digest, embedded: bool) -> Tensor:
    """The bytes of one IDX file in their shape: four bytes magic, four per dimension (big end first), the data."""
    packed = path.read_bytes()
    if embedded:
        need_checksum(path, packed)
    raw = unpack(path, packed)
    digest.update(raw)
    rank = magic & 0xFF
    header = 4 + 4 * rank
    found = int.from_bytes(raw[:4], "big")
    if len(raw) < header or found != magic:
        raise DataError(f"{path}: expected an IDX file that starts with {magic:#010x}, found {start(raw)}; get it anew")
    shape = [int.from_bytes(raw[i : i + 4], "big") for i in range(4, header, 4)]
    size = math.prod(shape)
    if len(raw) - header != size:
        counts = " x ".join(map(str, shape))
        raise DataError(f"{path}: expected {counts} = {size} bytes of data, found {len(raw) - header}; get it anew")
    return torch.frombuffer(bytearray(raw), dtype=torch.uint8)[header:].view(shape)


def unpack(path: Path, packed: bytes) -> bytes:
    """The file's own bytes: a name in .gz must be gzip, any other name must not."""
    is_gzip = packed[:2] == b"\x1f\x8b"
    if is_gzip != (path.suffix == ".gz"):
        expected, cure = ("gzip", "drop .gz from its name") if path.suffix == ".gz" else ("raw bytes", "add .gz to it")
        raise DataError(f"{path}: expected {expected}, found {start(packed)}; get it anew, or {cure}")
    try:
        return gzip.decompress(packed) if is_gzip else packed
    except (OSError, EOFError, zlib.error) as problem:
        raise DataError(f"{path}: expected a whole gzip file, found a damaged one ({problem}); get it anew") from None


def start(raw: bytes) -> str:
    """How a file begins, for a message."""
    return f"{len(raw)} bytes starting with 0x{raw[:4].hex()}" if raw else "an empty file"


def need_checksum(path: Path, packed: bytes) -> None:
    """Raises DataError unless an embedded file has the SHA-256 sum that stands beside it."""
    lines = path.with_name("SHA256SUMS").read_text(encoding="ascii").splitlines()
    expected = {name: digest for digest, name in (line.split() for line in lines)}[path.name]
    found = hashlib.sha256(packed).hexdigest()
    if found != expected:
        raise DataError(f"{path}: expected SHA-256 {expected}, found {found}; install dlconcepts anew")
