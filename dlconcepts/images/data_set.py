"""MNIST, embedded in the package, as tensors; and any other data set in MNIST's IDX layout.

The reader is strict because a wrong file trains happily: a flipped bit, a label 77, twenty images with fifteen labels.
MNIST: Y. LeCun, C. Cortes, C. Burges, http://yann.lecun.com/exdb/mnist/ (CC BY-SA 3.0, see mnist/LICENSE).
"""

import atexit
import gzip
import hashlib
import math
import shutil
import tempfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

EMBEDDED = Path(__file__).parent / "mnist"
IMAGES, LABELS = 0x0803, 0x0801  # IDX magic numbers: unsigned bytes in 3 and in 1 dimensions
SIDE, CLASSES = 28, 10
TRAINING = 50_000  # images of MNIST that weights are learned from
VALIDATION = 10_000  # the last images of the training files, held back for every choice that is not a weight


class DataError(Exception):
    """A file that must not be trained on. One line: the file, what was expected, what was found, the cure."""


@dataclass(frozen=True, eq=False)
class Split:
    """Examples: x (N, 784) pixels from 0 to 1, y (N,) class numbers."""

    x: Tensor
    y: Tensor

    def __len__(self) -> int:
        return len(self.y)

    def to(self, *args) -> "Split":
        """The examples on another device or in another precision."""
        x = self.x.to(*args)
        return self if x is self.x and self.y.device == x.device else Split(x, self.y.to(x.device))


@dataclass(frozen=True, eq=False)
class Data:
    """A data set in its three fixed splits. sha256 is over the four files' unpacked bytes."""

    name: str
    sha256: str
    train: Split
    validation: Split
    test: Split

    def to(self, *args) -> "Data":
        """The whole data set on another device or in another precision."""
        splits = {name: getattr(self, name).to(*args) for name in ("train", "validation", "test")}
        return replace(self, **splits)

    def first(self, n: int, validation: int | None = None) -> "Data":
        """The same data with only the first n training examples, and the first of those to validate with if given."""
        train, validation = (
            Split(split.x[:end], split.y[:end]) for split, end in [(self.train, n), (self.validation, validation)]
        )
        return replace(self, train=train, validation=validation)


def load(folder: str | Path | None = None) -> Data:
    """The embedded MNIST, or the data set in a folder with MNIST's four file names, gzipped or not, or in its raw/.

    The last 10,000 training images become the validation split: 50,000, 10,000 and 10,000 for MNIST.
    Raises DataError for anything but complete files that fit together.
    """
    place = EMBEDDED if folder is None else Path(folder)
    if not place.is_dir():
        raise DataError(f"{place}: expected a folder with MNIST's four IDX files, found none; check --data")
    if (place / "raw").is_dir() and not any(place.glob("*-ubyte*")):  # as torchvision leaves a data set
        place /= "raw"
    digest = hashlib.sha256()
    x, y = pair(place, "train", digest, folder is None)
    test_x, test_y = pair(place, "t10k", digest, folder is None)
    if len(y) <= VALIDATION:
        raise DataError(
            f"{place}: expected more than {VALIDATION} training images, of which that many are for validation, "
            f"found {len(y)}; add images"
        )
    if not len(test_y):
        raise DataError(f"{place}: expected test images, found none; add some")
    cut = len(y) - VALIDATION
    name = "MNIST" if folder is None else Path(folder).resolve().name
    train, validation = Split(x[:cut], y[:cut]), Split(x[cut:], y[cut:])
    return Data(name, digest.hexdigest(), train, validation, Split(test_x, test_y))


def pair(place: Path, part: str, digest, embedded: bool) -> tuple[Tensor, Tensor]:
    """The images (N, 784) and labels (N,) of one part, checked against each other."""
    image_file, label_file = find(place, f"{part}-images-idx3-ubyte"), find(place, f"{part}-labels-idx1-ubyte")
    images = read_idx(image_file, IMAGES, digest, embedded)
    labels = read_idx(label_file, LABELS, digest, embedded)
    if images.shape[1:] != (SIDE, SIDE):
        size = "x".join(map(str, images.shape[1:]))
        raise DataError(f"{image_file}: expected images of {SIDE}x{SIDE}, found {size}; resize them")
    if len(images) != len(labels):
        raise DataError(
            f"{label_file}: expected a label for each of {len(images)} images, found {len(labels)}; get the pair anew"
        )
    if len(labels) and int(labels.max()) >= CLASSES:
        raise DataError(
            f"{label_file}: expected labels from 0 to {CLASSES - 1}, found {int(labels.max())}; get the file anew"
        )
    return images.flatten(1).float().div_(255), labels.long()


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
    lines = (EMBEDDED / "SHA256SUMS").read_text(encoding="ascii").splitlines()
    expected = {name: digest for digest, name in (line.split() for line in lines)}[path.name]
    found = hashlib.sha256(packed).hexdigest()
    if found != expected:
        raise DataError(f"{path}: expected SHA-256 {expected}, found {found}; install dlconcepts anew")


def torchvision_mnist():
    """torchvision's own MNIST, training part, as images that `ToTensor` makes tensors of: what most tutorials use.

    Needs torchvision; unpacks our files where it looks for them, in a temporary folder that lasts as long as Python.
    Raises ImportError, with the cure, for a torchvision that does not fit its torch.
    """
    try:
        from torchvision import datasets, transforms
    except RuntimeError as problem:  # "operator torchvision::nms does not exist"
        raise ImportError(f"torchvision does not fit torch ({problem}); install both from the same index") from None
    folder = tempfile.mkdtemp(prefix="mnist-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    raw = Path(folder) / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for path in EMBEDDED.glob("*.gz"):
        (raw / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
    return datasets.MNIST(folder, train=True, transform=transforms.ToTensor())
