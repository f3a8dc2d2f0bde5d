"""MNIST as torchvision's users have it."""

import atexit
import gzip
import shutil
import tempfile
from pathlib import Path

from .data_set import EMBEDDED


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
