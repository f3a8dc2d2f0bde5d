"""In which form a network gets its pixels, or what somebody has measured in them.

Shapes: x (N, 784) pixels from 0 to 1.
A form is a row of `inputs`: it takes a data set and returns it with other pixels, fitted on the training split alone.
"by pixel" scales each of the 784 pixels by its own statistics, as one does with the columns of a table.
"""

from collections.abc import Callable
from dataclasses import replace

import torch

from ..manual.scaling import min_max, min_max_fit, quantile, quantile_fit, standard, standard_fit
from .classic.hog import hog
from .classic.measurements import measurements
from .data_set import Data

Form = Callable[[Data], Data]

SPLITS = ("train", "validation", "test")

WHITE = 255.0  # a white pixel as the files have it
QUANTILES, RANKED = 101, 10_000  # a step per cent, of so many training images: sorting more changes little
AT_ONCE = 5_000  # images a step: the temporaries of all at once would be gigabytes
GLITCH = 4095 / WHITE  # the largest reading of a 12-bit sensor, among pixels of 8 bits: 16 times white
GLITCHES = -5841052161614876946  # the seed of their places: the same in every run, as the committed records have it
IMAGES_WITH_GLITCHES, PIXELS_OF_AN_IMAGE = 100, 8  # one training image in so many has so many glitches


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


def min_max_by_pixel(data: Data) -> Data:
    """Each pixel's smallest training value becomes 0, its largest 1."""
    fit = min_max_fit(data.train.x)
    return of_pixels(data, lambda x: min_max(x, fit))


def standardized_by_pixel(data: Data) -> Data:
    """Each pixel has mean 0 and standard deviation 1 on the training images."""
    fit = standard_fit(data.train.x.double())
    fit = fit._replace(mean=fit.mean.to(data.train.x), std=fit.std.to(data.train.x))
    return of_pixels(data, lambda x: standard(x, fit))


def quantiles_by_pixel(data: Data) -> Data:
    """Each pixel becomes the share of training images that are darker there."""
    fit = quantile_fit(data.train.x[:RANKED], QUANTILES)
    return of_pixels(data, lambda x: torch.cat([quantile(part, fit) for part in x.split(AT_ONCE)]))


def with_glitches(data: Data) -> Data:
    """A sensor's glitches in the training images: a few pixels of a few images have its largest reading."""
    x, random = data.train.x.clone(), torch.Generator().manual_seed(GLITCHES)
    N, D = x.shape
    rows = torch.randperm(N, generator=random)[: N // IMAGES_WITH_GLITCHES]
    columns = torch.randint(D, (len(rows), PIXELS_OF_AN_IMAGE), generator=random)
    x[rows[:, None].to(x.device), columns.to(x.device)] = GLITCH
    return replace(data, train=replace(data.train, x=x))


def glitched(form: Form) -> Form:
    """The form of images with glitches."""
    return lambda data: form(with_glitches(data))


def measured(data: Data) -> Data:
    """Eleven measurements instead of pixels, each with mean 0 and standard deviation 1 on the training images."""
    return standardized_by_pixel(of_pixels(data, measurements))


def histograms_of_gradients(data: Data) -> Data:
    """The directions of edges, cell by cell, instead of pixels."""
    return of_pixels(data, hog)


no_images: dict[str, Form] = {"measurements": measured, "HOG": histograms_of_gradients}
by_pixel: dict[str, Form] = {
    "min-max by pixel": min_max_by_pixel,
    "standardized by pixel": standardized_by_pixel,
    "quantiles by pixel": quantiles_by_pixel,
}
inputs: dict[str, Form] = {
    "0 to 1": as_they_are,
    "0 to 255": bytes_as_numbers,
    "standardized": standardized,
    **no_images,
    **by_pixel,
    **{f"glitches, {name}": glitched(form) for name, form in by_pixel.items()},
}


class Forms(dict):
    """The data set in the form of its pixels that was asked for last: 220 MB for MNIST, so not one beside another."""

    def __init__(self, data: Data):
        self.data = data

    def __missing__(self, name: str) -> Data:
        self.clear()
        self[name] = inputs[name](self.data)
        return self[name]
