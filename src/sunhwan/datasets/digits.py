"""Digits: 1,797 handwritten digits, 8 x 8, that come with the package."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sunhwan._engine.arguments import check_share
from sunhwan._engine.seeds import check_small_seed
from sunhwan.datasets._archive import read_npz


def load_data(
    test_split: float = 0.2, seed: int | None = 113
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Load 1,437 digits to train on and 360 to test on; a picture is read row by row, 8 steps of 8.

    Args:
        test_split: share of the pictures, from 0 to 1, that is for testing: the last ones after
            the shuffle.
        seed: of the shuffle; `None` keeps the order of the source.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: `x` of shape ``(n, 8, 8)``, uint8, 0 for paper to
        16 for ink, and `y` of shape ``(n,)``, uint8, 0 to 9.

    Raises:
        ValueError: `test_split` or `seed` is out of its range.

    Source: Alpaydin and Kaynak, "Cascading classifiers", Kybernetika 34, 1998: the test part of
    "Optical recognition of handwritten digits" of the UCI Machine Learning Repository, as
    scikit-learn carries it; `digits.LICENSE.txt` beside this file has the notices.

    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> x_train.shape, x_test.shape, int(x_train.max())
    ((1437, 8, 8), (360, 8, 8), 16)
    """
    test_split = check_share("test_split", test_split)
    seed = None if seed is None else check_small_seed(seed)
    arrays = read_npz(Path(__file__).with_name("digits.npz"), ("images", "labels"))
    images, labels = arrays["images"], arrays["labels"]
    if seed is not None:
        order = np.random.RandomState(seed).permutation(len(images))
        images, labels = images[order], labels[order]
    train = int(len(images) * (1 - test_split))
    return (images[:train], labels[:train]), (images[train:], labels[train:])
