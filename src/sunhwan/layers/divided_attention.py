"""Attention of several heads in two parts: what it makes of a memory, once, and all the rest."""

from __future__ import annotations

from typing import Any, NamedTuple, final

import numpy as np

from sunhwan._engine.context import Context
from sunhwan._engine.seeds import seeds_from

from .attending import Attending
from .head_projections import Projection
from .layer import Shape
from .packed_attention import Scoring
from .steps_layer import StepsLayer


class Divided(NamedTuple):
    """Layers that give together what one of several heads gives.

    Args:
        value, key: make of the steps of the memory `(S, features)` those of all heads.
        rest: attends to these, called as the whole is.
    """

    value: StepsLayer
    key: StepsLayer
    rest: Attending


@final
class Projecting(StepsLayer):
    """A projection as a layer of its own, whose weights are another layer's.

    Args:
        projection: of the steps.
        name: of that layer.
    """

    def __init__(self, projection: Projection, name: str) -> None:
        with seeds_from(0):  # there is nothing random here
            super().__init__(name=name)
        self._projection = projection
        self.built = True

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[:-1], self._projection.outputs)

    def apply(self, values: np.ndarray, context: Context, saved: Any) -> np.ndarray:
        saved.flat = np.ascontiguousarray(values).reshape(-1, values.shape[-1])
        y = self._projection.forward(saved.flat, context)
        return y.reshape(*values.shape[:-1], y.shape[-1])

    def apply_backward(self, dvalues: np.ndarray, context: Context, saved: Any) -> np.ndarray:
        flat = np.ascontiguousarray(dvalues).reshape(-1, dvalues.shape[-1])
        dx = self._projection.backward(saved.flat, flat, context)
        return dx.reshape(*dvalues.shape[:-1], dx.shape[-1])


@final
class AttendingProjected(Attending):
    """What is left of a layer whose keys and values are made already; for predictions.

    Args:
        whole: the layer.
        sizes: how many numbers a step of value and key has, all heads together.
    """

    most_inputs = 4

    def __init__(self, whole: Any, sizes: tuple[int, int]) -> None:
        with seeds_from(0):
            super().__init__(whole.dropout, whole.seed, name=whole.name)
        self._whole = whole
        shapes: Any = (whole.build_shape[0], (None, None, sizes[0]), (None, None, sizes[1]))
        self.build_shape = shapes
        self.built = True

    @property
    def scoring(self) -> Scoring:
        return self._whole.scoring

    def fits(self, query: Shape, value: Shape, key: Shape) -> bool:
        return True

    def compute_output_shape(self, input_shape: Any) -> Shape:
        return self._whole.compute_output_shape(input_shape)

    def shapes_with(self, input_shape: Any, options: dict[str, Any]) -> Any:
        return self._whole.shapes_with(input_shape, options)

    def prepared(self, inputs: list[np.ndarray], context: Context, saved: Any) -> list[np.ndarray]:
        return [self._whole.project_query(inputs[0], context), *inputs[1:]]

    def finished(self, y: np.ndarray, context: Context, saved: Any) -> np.ndarray:
        return self._whole.finished(y, context, saved)
