"""In which form a network gets its pixels, and which of the training examples.

Shapes: x (N, 784) pixels from 0 to 1, y (N,) class numbers, rows (S, n) for S seeds.
A form is a row of `inputs`: it takes a data set and returns it with other pixels, fitted on the training split alone.
"""

from collections.abc import Callable
from dataclasses import replace

from .data import Data
from .manual.scaling import standard_fit

SPLITS = ("train", "validation", "test")

WHITE = 255.0  # a white pixel as the files have it


def as_they_are(data: Data) -> Data:
    """Pixels from 0 to 1."""
    return data


def bytes_as_numbers(data: Data) -> Data:
    """Pixels from 0 to 255, as the files have them."""
    return of_pixels(data, lambda x: x * WHITE)


def standardized(data: Data) -> Data:
    """Mean 0 and standard deviation 1 over all pixels of all training images together."""
    fit = standard_fit(data.train.x.double().reshape(-1, 1))  # float32 sums of 39 million pixels lose digits
    mean, std = float(fit.mean), float(fit.std)
    return of_pixels(data, lambda x: (x - mean) / std)


def of_pixels(data: Data, change: Callable) -> Data:
    """The data set with each split's pixels changed."""
    return replace(data, **{name: replace(getattr(data, name), x=change(getattr(data, name).x)) for name in SPLITS})


inputs: dict[str, Callable[[Data], Data]] = {
    "0 to 1": as_they_are,
    "0 to 255": bytes_as_numbers,
    "standardized": standardized,
}


class Forms(dict):
    """The data set in each form of its pixels that is asked for, made once."""

    def __init__(self, data: Data):
        self.data = data

    def __missing__(self, name: str) -> Data:
        self[name] = inputs[name](self.data)
        return self[name]
