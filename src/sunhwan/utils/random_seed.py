"""One call that makes a program repeatable."""

from __future__ import annotations

import random

import numpy as np

from sunhwan._engine import seeds


def set_random_seed(seed: int) -> None:
    """Seed Python's `random`, NumPy's global generator and this package.

    The same seed then gives the same initial weights, shuffles and dropout masks, on any number of
    threads.

    Args:
        seed: an integer in [0, 2**32), the range of NumPy's global generator.

    Raises:
        TypeError: `seed` is no integer.
        ValueError: `seed` is out of its range.

    >>> set_random_seed(1)
    >>> first = np.random.random()
    >>> set_random_seed(1)
    >>> np.random.random() == first
    True
    """
    seed = seeds.check_seed(seed)
    if seed >= 2**32:
        raise ValueError(f"seed must be below 2**32, got {seed}")
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002, the legacy generator is what programs use
    seeds.set_seed(seed)
