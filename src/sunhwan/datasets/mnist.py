"""MNIST: 70,000 handwritten digits, 28 x 28 grey values."""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path

import numpy as np

from sunhwan.datasets._archive import read_npz
from sunhwan.datasets._files import DataFile, data_folder

_IMAGES = DataFile(
    "mnist",
    "mnist.npz",
    "sha256",
    "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
)


def load_data(
    path: str | os.PathLike[str] = "mnist.npz",
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Load 60,000 digits to train on and 10,000 to test on.

    Args:
        path: name of the file in the cache folder, or an absolute path. Where it is not in
            `SUNHWAN_DATA`, the four original files are looked for there, in the folder ``mnist``:
            ``train-images-idx3-ubyte.gz``, ``train-labels-idx1-ubyte.gz``,
            ``t10k-images-idx3-ubyte.gz`` and ``t10k-labels-idx1-ubyte.gz``.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: `x` of shape ``(n, 28, 28)``, uint8, 0 for paper
        to 255 for ink, and `y` of shape ``(n,)``, uint8, 0 to 9.

    Raises:
        DownloadError: the file is not on this machine and could not be downloaded; the message says
            which file to put where.
        ValueError: the file is damaged.

    Source: LeCun et al., "Gradient-based learning applied to document recognition", 1998.

    >>> (x_train, y_train), (x_test, y_test) = load_data()  # doctest: +SKIP
    >>> x_train.shape, y_test.shape  # doctest: +SKIP
    ((60000, 28, 28), (10000,))
    """
    originals = _originals()
    if _IMAGES.find(path) is None and originals is not None:
        return _read_idx_pair(originals, "train"), _read_idx_pair(originals, "t10k")
    arrays = read_npz(_IMAGES.fetch(path), ("x_train", "y_train", "x_test", "y_test"))
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def _originals() -> Path | None:
    folder = data_folder()
    if folder is None or not (folder / "mnist" / "train-images-idx3-ubyte.gz").is_file():
        return None
    return folder / "mnist"


def _read_idx_pair(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    images = _read_idx(folder / f"{part}-images-idx3-ubyte.gz", axes=3)
    labels = _read_idx(folder / f"{part}-labels-idx1-ubyte.gz", axes=1)
    if len(images) != len(labels):
        raise ValueError(f"{folder} has {len(images)} {part} images, but {len(labels)} labels")
    return images, labels


def _read_idx(path: Path, axes: int) -> np.ndarray:
    """Read an array of bytes: 0, 0, 8 (for bytes), axes; each axis, big-endian; the values."""
    try:
        with gzip.open(path) as stream:
            content = stream.read()
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path} is damaged: {error}") from error
    if content[:4] != bytes([0, 0, 8, axes]) or len(content) < 4 + 4 * axes:
        raise ValueError(
            f"{path} must be an idx file of bytes with {axes} axes, but it begins with "
            f"{content[:4]!r}"
        )
    shape = tuple(np.frombuffer(content, dtype=">u4", count=axes, offset=4).tolist())
    values = np.frombuffer(content, dtype=np.uint8, offset=4 + 4 * axes)
    if values.size != np.prod(shape, dtype=object):
        raise ValueError(f"{path} must hold {shape} values, got {values.size}")
    return values.reshape(shape).copy()
