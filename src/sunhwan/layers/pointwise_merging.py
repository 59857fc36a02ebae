"""Layers that combine several inputs number by number."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, final

import numpy as np

from sunhwan import _core
from sunhwan._engine.context import Context

from .layer import Shape
from .merging import Merging
from .registry import LAYERS


class PointwiseMerging(Merging):
    """A layer of inputs of one shape, or of shapes that broadcast as in Keras.

    Those of fewer axes get new ones behind the batch axis, and an axis of length 1 counts for any
    length.
    """

    least, most = 1, None

    @property
    def packs(self) -> bool:
        return self._alike

    @property
    def _alike(self) -> bool:
        """Whether the inputs' steps have one shape."""
        shapes = self.build_shape or ()
        return len({shape[1:] for shape in shapes if shape is not None}) == 1  # type: ignore[misc]

    def build(self, input_shape: Any) -> None:
        self.compute_output_shape(input_shape)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        shapes = self.check_inputs(input_shape, self.least, self.most)
        rank = max(len(shape) for shape in shapes)
        output: Shape = (None,) + (1,) * (rank - 1)
        for shape in shapes:
            wide = (None, *(1,) * (rank - len(shape)), *shape[1:])
            try:
                output = tuple(_common(a, b) for a, b in zip(output, wide, strict=True))
            except ValueError:
                raise ValueError(
                    f"layer {self.name!r} needs inputs whose shapes fit each other, got {shapes}"
                ) from None
        return output

    @abstractmethod
    def combine(self, values: list[np.ndarray], y: np.ndarray) -> None:
        """Write the output into `y`; the values broadcast to it."""

    @abstractmethod
    def part(self, number: int, values: list[np.ndarray], y: np.ndarray, dy: np.ndarray) -> Any:
        """The gradient of input `number`, of the shape of `dy`, which stays as it is."""

    def apply(self, values: list[np.ndarray], context: Context, saved: Any) -> np.ndarray:
        rank = max(value.ndim for value in values)
        wide = [_widened(value, rank) for value in values]
        try:
            shape = np.broadcast_shapes(*(value.shape for value in wide))
        except ValueError:
            raise ValueError(
                f"layer {self.name!r} needs inputs whose shapes fit each other, got "
                f"{[value.shape for value in values]}"
            ) from None
        y = context.empty(shape)
        self.combine(wide, y)
        saved.shapes, saved.values, saved.y = [value.shape for value in values], wide, y
        return y

    def apply_backward(self, dy: np.ndarray, context: Context, saved: Any) -> list[np.ndarray]:
        gradients = []
        for number, shape in enumerate(saved.shapes):
            part = self.part(number, saved.values, saved.y, dy)
            gradients.append(_narrowed(part, saved.values[number].shape).reshape(shape))
        return gradients


def _common(first: int | None, second: int | None) -> int | None:
    if first == 1:
        return second
    if second == 1 or second is None:
        return first
    if first is None or first == second:
        return second
    raise ValueError


def _widened(value: np.ndarray, rank: int) -> np.ndarray:
    rows, *rest = value.shape
    return value.reshape(rows, *(1,) * (rank - value.ndim), *rest)


def _narrowed(gradient: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The sums over the axes along which a value was repeated."""
    axes = tuple(a for a, (n, m) in enumerate(zip(gradient.shape, shape, strict=True)) if n != m)
    return np.ascontiguousarray(gradient.sum(axis=axes, keepdims=True)) if axes else gradient


@final
@LAYERS.register()
class Add(PointwiseMerging):
    """The sum of its inputs: ``y = x1 + x2 + ...``.

    Args:
        kwargs: see `Layer`.

    Raises:
        ValueError: the inputs' shapes do not fit each other.

    >>> import numpy as np
    >>> Add()([np.ones((1, 2)), np.ones((1, 2))])
    array([[2., 2.]], dtype=float32)
    """

    def replays(self, training: bool) -> bool:
        return self._alike

    def combine(self, values: list[np.ndarray], y: np.ndarray) -> None:
        if any(value.shape != y.shape for value in values) or len(values) < 2:
            y[...] = values[0]
            for value in values[1:]:
                y += value
            return
        _core.add(values[0], values[1], y)
        for value in values[2:]:
            _core.add_into(y, value)

    def part(self, number: int, values: list[np.ndarray], y: np.ndarray, dy: np.ndarray) -> Any:
        return dy


@final
@LAYERS.register()
class Subtract(PointwiseMerging):
    """The difference of its two inputs: ``y = x1 - x2``.

    Args:
        kwargs: see `Layer`.

    Raises:
        ValueError: there are not two inputs, or their shapes do not fit each other.

    >>> import numpy as np
    >>> Subtract()([np.ones((1, 2)), np.ones((1, 2))])
    array([[0., 0.]], dtype=float32)
    """

    least, most = 2, 2

    def combine(self, values: list[np.ndarray], y: np.ndarray) -> None:
        np.subtract(values[0], values[1], out=y)

    def part(self, number: int, values: list[np.ndarray], y: np.ndarray, dy: np.ndarray) -> Any:
        return -dy if number else dy


@final
@LAYERS.register()
class Average(PointwiseMerging):
    """The mean of its inputs: ``y = (x1 + x2 + ...) / n``.

    Args:
        kwargs: see `Layer`.

    Raises:
        ValueError: the inputs' shapes do not fit each other.

    >>> import numpy as np
    >>> Average()([np.ones((1, 2)), np.zeros((1, 2))])
    array([[0.5, 0.5]], dtype=float32)
    """

    def combine(self, values: list[np.ndarray], y: np.ndarray) -> None:
        y[...] = values[0]
        for value in values[1:]:
            y += value
        y *= np.float32(1 / len(values))

    def part(self, number: int, values: list[np.ndarray], y: np.ndarray, dy: np.ndarray) -> Any:
        return dy * np.float32(1 / len(values))
