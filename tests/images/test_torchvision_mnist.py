import torch
from torchvision.datasets import MNIST

from dlconcepts.images.torchvision_mnist import torchvision_mnist


def test_our_tensors_are_torchvisions(mnist):
    theirs = torchvision_mnist()
    ours = torch.cat([mnist.train.x, mnist.validation.x])
    assert torch.equal(ours, theirs.data.flatten(1).float() / 255)
    assert torch.equal(torch.cat([mnist.train.y, mnist.validation.y]), theirs.targets)
    theirs = MNIST(theirs.root, train=False)
    assert torch.equal(mnist.test.x, theirs.data.flatten(1).float() / 255)
    assert torch.equal(mnist.test.y, theirs.targets)


def test_an_image_is_the_tensor_of_its_pixels(mnist):
    pixels, label = torchvision_mnist()[0]
    assert torch.equal(pixels.flatten(), mnist.train.x[0])
    assert label == int(mnist.train.y[0])
