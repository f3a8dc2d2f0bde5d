import pytest

from tests.images.idx_files import NAMES, images, labels, write


@pytest.fixture
def folder(tmp_path):
    """A small data set in MNIST's layout: 10,004 training and 3 test images, two of the files gzipped."""
    write(tmp_path / NAMES[0], images(10_004))
    write(tmp_path / f"{NAMES[1]}.gz", labels([i % 10 for i in range(10_004)]))
    write(tmp_path / f"{NAMES[2]}.gz", images(3))
    write(tmp_path / NAMES[3], labels([7, 8, 9]))
    return tmp_path
