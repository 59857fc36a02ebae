"""Class numbers to one-hot rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sunhwan._engine.arguments import check_count
from sunhwan._engine.inputs import as_numbers


def to_categorical(x: ArrayLike, num_classes: int | None = None) -> np.ndarray:
    """Turn class numbers into one-hot rows, for a categorical cross-entropy.

    ``y[..., k] = 1 if x[...] == k else 0``

    Args:
        x: class numbers from 0 to `num_classes` - 1, of any shape; a last dimension of 1 is
            dropped. Floats are taken if they are whole numbers.
        num_classes: how many classes there are; the largest number plus one by default.

    Returns:
        A float64 array of the shape ``(*x.shape, num_classes)``.

    Raises:
        ValueError: a number is negative, not whole, or not below `num_classes`; or `x` is empty and
            `num_classes` is not given.

    >>> to_categorical([0, 2, 1])
    array([[1., 0., 0.],
           [0., 0., 1.],
           [0., 1., 0.]])
    >>> to_categorical([[1], [0]], num_classes=4).shape
    (2, 4)
    """
    classes = _whole_numbers(x)
    if classes.ndim > 1 and classes.shape[-1] == 1:
        classes = classes[..., 0]
    if num_classes is None:
        if classes.size == 0:
            raise ValueError("num_classes must be given where x is empty")
        num_classes = int(classes.max()) + 1
    num_classes = check_count("num_classes", num_classes)
    outside = (classes < 0) | (classes >= num_classes)
    if outside.any():
        raise ValueError(
            f"class numbers must be from 0 to {num_classes - 1} (num_classes={num_classes}), "
            f"got {classes[outside][0]}"
        )
    rows = np.zeros((classes.size, num_classes))
    rows[np.arange(classes.size), classes.reshape(-1)] = 1.0
    return rows.reshape(*classes.shape, num_classes)


def _whole_numbers(x: ArrayLike) -> np.ndarray:
    numbers = as_numbers(x, "x")
    if numbers.dtype.kind == "f" and not (numbers == np.floor(numbers)).all():
        odd = numbers[numbers != np.floor(numbers)][0]
        raise ValueError(f"class numbers must be whole numbers, got {odd}")
    return numbers.astype(np.int64)
