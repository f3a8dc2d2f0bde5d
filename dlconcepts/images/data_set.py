"""MNIST, embedded in the package, as tensors; and any other data set in MNIST's IDX layout.

MNIST: Y. LeCun, C. Cortes, C. Burges, http://yann.lecun.com/exdb/mnist/ (CC BY-SA 3.0, see mnist/LICENSE).
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from torch import Tensor

from .idx import IMAGES, LABELS, DataError, find, read_idx

EMBEDDED = Path(__file__).parent / "mnist"
SIDE, CLASSES = 28, 10
TRAINING = 50_000  # images of MNIST that weights are learned from
VALIDATION = 10_000  # the last images of the training files, held back for every choice that is not a weight


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
