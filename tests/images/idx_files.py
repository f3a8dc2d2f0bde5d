"""Files in MNIST's IDX layout, small ones."""

import gzip

NAMES = [f"{part}-{kind}" for part in ("train", "t10k") for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")]


def idx(magic, shape, values):
    return b"".join(n.to_bytes(4, "big") for n in (magic, *shape)) + bytes(values)


def images(n, side=28):
    return idx(0x803, (n, side, side), [i % 251 for i in range(n * side * side)])


def labels(values):
    return idx(0x801, (len(values),), values)


def write(path, raw):
    path.write_bytes(gzip.compress(raw, 1) if path.suffix == ".gz" else raw)
