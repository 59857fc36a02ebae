"""The merging layers as functions of a list of inputs, as in Keras."""

from __future__ import annotations

from typing import Any

from .concatenate import Concatenate
from .dot import Dot
from .multiply_and_extremes import Maximum, Minimum, Multiply
from .pointwise_merging import Add, Average, Subtract


def add(inputs: Any, **kwargs: Any) -> Any:
    """Return the sum of some inputs: `Add(**kwargs)(inputs)`.

    Args:
        inputs: a list of arrays, or of symbolic tensors.
        kwargs: see `Add`.

    >>> add([[[1.0, 2.0]], [[3.0, 4.0]]]).tolist()
    [[4.0, 6.0]]
    """
    return Add(**kwargs)(inputs)


def subtract(inputs: Any, **kwargs: Any) -> Any:
    """Return the difference of two inputs: `Subtract(**kwargs)(inputs)`.

    Args:
        inputs: a list of arrays, or of symbolic tensors.
        kwargs: see `Subtract`.

    >>> subtract([[[1.0, 2.0]], [[3.0, 4.0]]]).tolist()
    [[-2.0, -2.0]]
    """
    return Subtract(**kwargs)(inputs)


def multiply(inputs: Any, **kwargs: Any) -> Any:
    """Return the product, number by number, of some inputs: `Multiply(**kwargs)(inputs)`.

    Args:
        inputs: a list of arrays, or of symbolic tensors.
        kwargs: see `Multiply`.

    >>> multiply([[[1.0, 2.0]], [[3.0, 4.0]]]).tolist()
    [[3.0, 8.0]]
    """
    return Multiply(**kwargs)(inputs)


def average(inputs: Any, **kwargs: Any) -> Any:
    """Return the mean of some inputs: `Average(**kwargs)(inputs)`.

    Args:
        inputs: a list of arrays, or of symbolic tensors.
        kwargs: see `Average`.

    >>> average([[[1.0, 2.0]], [[3.0, 4.0]]]).tolist()
    [[2.0, 3.0]]
    """
    return Average(**kwargs)(inputs)


def maximum(inputs: Any, **kwargs: Any) -> Any:
    """Return the largest numbers of some inputs: `Maximum(**kwargs)(inputs)`.

    Args:
        inputs: a list of arrays, or of symbolic tensors.
        kwargs: see `Maximum`.

    >>> maximum([[[1.0, 2.0]], [[3.0, 4.0]]]).tolist()
    [[3.0, 4.0]]
    """
    return Maximum(**kwargs)(inputs)


def minimum(inputs: Any, **kwargs: Any) -> Any:
    """Return the smallest numbers of some inputs: `Minimum(**kwargs)(inputs)`.

    Args:
        inputs: a list of arrays, or of symbolic tensors.
        kwargs: see `Minimum`.

    >>> minimum([[[1.0, 2.0]], [[3.0, 4.0]]]).tolist()
    [[1.0, 2.0]]
    """
    return Minimum(**kwargs)(inputs)


def concatenate(inputs: Any, axis: int = -1, **kwargs: Any) -> Any:
    """Return some inputs side by side: `Concatenate(axis, **kwargs)(inputs)`.

    Args:
        inputs: a list of arrays, or of symbolic tensors.
        axis: see `Concatenate`.
        kwargs: see `Concatenate`.

    >>> concatenate([[[1.0, 2.0]], [[3.0]]]).tolist()
    [[1.0, 2.0, 3.0]]
    """
    return Concatenate(axis, **kwargs)(inputs)


def dot(inputs: Any, axes: Any = -1, **kwargs: Any) -> Any:
    """Return the products of two inputs summed over an axis: `Dot(axes, **kwargs)(inputs)`.

    Args:
        inputs: a list of two arrays, or symbolic tensors.
        axes: see `Dot`.
        kwargs: see `Dot`.

    >>> dot([[[1.0, 2.0]], [[3.0, 4.0]]]).tolist()
    [[11.0]]
    """
    return Dot(axes, **kwargs)(inputs)
