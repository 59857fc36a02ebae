"""Dot: sums of products of two inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

import numpy as np

from sunhwan import _core
from sunhwan._engine.arguments import check_flag, check_integer
from sunhwan._engine.context import Context

from .layer import Shape
from .merging import Merging
from .registry import LAYERS

LEAST_NORM = np.float32(1e-7)


@final
@LAYERS.register()
class Dot(Merging):
    """The products of two inputs, row by row, summed over an axis of each.

        y[n, a, b] = sum_k x1[n, a, k] * x2[n, b, k]      with axes=2

    Args:
        axes: the axis to sum over, counted with the batch axis, or one for each input.
        normalize: whether the inputs are divided by their norms along the axes first, so that the
            output is the cosine of their angle.
        kwargs: see `Layer`.

    Two inputs `(N, k)` give `(N, 1)`. A mask ends here.

    Raises:
        ValueError: there are not two inputs, or the axes are of different lengths.

    >>> import numpy as np
    >>> Dot(axes=1)([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])])
    array([[11.]], dtype=float32)
    """

    def __init__(self, axes: Any, normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(axes, (list, tuple)):
            if len(axes) != 2:
                raise ValueError(f"axes must be an integer or two, got {axes!r}")
            self.axes: Any = tuple(check_integer("axes", axis) for axis in axes)
        else:
            self.axes = check_integer("axes", axes)
        self.normalize = check_flag("normalize", normalize)

    def _places(self, ranks: Sequence[int]) -> list[int]:
        axes = self.axes if isinstance(self.axes, tuple) else (self.axes, self.axes)
        places = [axis + rank if axis < 0 else axis for axis, rank in zip(axes, ranks, strict=True)]
        if not all(0 < place < rank for place, rank in zip(places, ranks, strict=True)):
            raise ValueError(
                f"layer {self.name!r} needs axes within inputs of {list(ranks)} axes and not that "
                f"of the batch, got {self.axes}"
            )
        return places

    def keeps_mask(self, masked: Sequence[bool]) -> bool:
        return False

    def build(self, input_shape: Any) -> None:
        first, second = self.check_inputs(input_shape, 2, 2)
        places = self._places([len(first), len(second)])
        lengths = first[places[0]], second[places[1]]
        if None not in lengths and lengths[0] != lengths[1]:
            raise ValueError(
                f"layer {self.name!r} needs axes {places} of one length, got inputs of shapes "
                f"{first} and {second}"
            )

    def compute_output_shape(self, input_shape: Any) -> Shape:
        first, second = self.check_inputs(input_shape, 2, 2)
        places = self._places([len(first), len(second)])
        rest = [*_without(first, places[0])[1:], *_without(second, places[1])[1:]]
        return (first[0], *(rest or [1]))

    def apply(self, values: list[np.ndarray], context: Context, saved: Any) -> np.ndarray:
        places = self._places([value.ndim for value in values])
        saved.values, saved.places = values, places
        saved.norms = [None, None]
        moved = []
        for number, (value, place) in enumerate(zip(values, places, strict=True)):
            last = np.moveaxis(value, place, -1)
            flat = np.ascontiguousarray(last).reshape(len(value), -1, value.shape[place])
            if self.normalize:
                squares = np.square(flat).sum(axis=-1, keepdims=True)
                inverse = 1 / np.maximum(np.sqrt(squares), LEAST_NORM)
                saved.norms[number] = inverse
                flat = flat * inverse
            moved.append(flat)
        saved.moved = moved
        y = context.empty((len(values[0]), moved[0].shape[1], moved[1].shape[1]))
        _core.batched_product(moved[0], moved[1], y, transpose_b=True)
        rest = [
            *_without(values[0].shape, places[0])[1:],
            *_without(values[1].shape, places[1])[1:],
        ]
        return y.reshape(len(values[0]), *(rest or [1]))

    def apply_backward(self, dy: np.ndarray, context: Context, saved: Any) -> list[np.ndarray]:
        first, second = saved.moved
        dy = np.ascontiguousarray(dy).reshape(len(first), first.shape[1], second.shape[1])
        gradients = [context.empty(first.shape), context.empty(second.shape)]
        _core.batched_product(dy, second, gradients[0])
        _core.batched_product(dy, first, gradients[1], transpose_a=True)
        result = []
        for number, dunit in enumerate(gradients):
            gradient, unit, inverse = dunit, saved.moved[number], saved.norms[number]
            if inverse is not None:
                along = (gradient * unit).sum(axis=-1, keepdims=True)
                along = np.where(inverse < 1 / LEAST_NORM, along, np.float32(0))
                gradient = (gradient - unit * along) * inverse
            value, place = saved.values[number], saved.places[number]
            shape = (*_without(value.shape, place), value.shape[place])
            back = np.moveaxis(gradient.reshape(shape), -1, place)
            result.append(np.ascontiguousarray(back))
        return result


def _without(shape: Any, place: int) -> tuple[Any, ...]:
    return (*shape[:place], *shape[place + 1 :])
