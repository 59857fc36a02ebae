"""`mnist` from small files in both of its forms."""

import gzip
import struct

import numpy as np
import pytest

from sunhwan.datasets import mnist

NAMES = ("images-idx3-ubyte.gz", "labels-idx1-ubyte.gz")


def pictures(count):
    random = np.random.default_rng(count)
    images = random.integers(0, 256, size=(count, 28, 28), dtype=np.uint8)
    return images, random.integers(0, 10, size=count, dtype=np.uint8)


def idx(array):
    head = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return gzip.compress(head + array.tobytes())


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SUNHWAN_DATA", str(tmp_path))
    (tmp_path / "mnist").mkdir()
    for part, count in (("train", 7), ("t10k", 3)):
        for name, array in zip(NAMES, pictures(count), strict=True):
            (tmp_path / "mnist" / f"{part}-{name}").write_bytes(idx(array))
    return tmp_path / "mnist"


def assert_pictures(part, count):
    for got, expected in zip(part, pictures(count), strict=True):
        assert got.dtype == np.uint8
        assert got.flags.writeable
        np.testing.assert_array_equal(got, expected)


def test_the_original_files(folder):
    train, test = mnist.load_data()
    assert_pictures(train, 7)
    assert_pictures(test, 3)


def test_keras_s_file_comes_before_the_original_files(folder):
    (x, y), (u, v) = pictures(5), pictures(2)
    np.savez(folder / "mnist.npz", x_train=x, y_train=y, x_test=u, y_test=v)
    train, test = mnist.load_data()
    assert_pictures(train, 5)
    assert_pictures(test, 2)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "must be an idx file of bytes with 3 axes"),
        (b"text", "is damaged: Not a gzipped file"),
        (idx(pictures(7)[0])[:-20], "is damaged"),
        (idx(pictures(7)[1]), "must be an idx file of bytes with 3 axes, but it begins with"),
        (gzip.compress(bytes([0, 0, 8, 3])), "must be an idx file of bytes with 3 axes"),
        (gzip.compress(gzip.decompress(idx(pictures(7)[0]))[:-1]), "values, got 5487"),
        (idx(pictures(6)[0]), "has 6 train images, but 7 labels"),
        (idx(np.zeros((0, 2**31, 2**31), np.uint8)), "has 0 train images"),
        (gzip.compress(bytes([0, 0, 8, 3]) + b"\xff" * 12), r"values, got 0"),
    ],
)
def test_damaged_files_are_refused(folder, content, message):
    (folder / "train-images-idx3-ubyte.gz").write_bytes(content)
    with pytest.raises(ValueError, match=message):
        mnist.load_data()


def test_a_file_of_another_form_is_refused(tmp_path):
    np.savez(tmp_path / "m.npz", x_train=np.zeros((2, 28, 28), np.uint8))
    with pytest.raises(ValueError, match="it must hold x_train, y_train, x_test, y_test"):
        mnist.load_data(tmp_path / "m.npz")
