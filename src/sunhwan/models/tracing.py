"""The graph behind a subclass of `Model` that writes `call`."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sunhwan._engine.arguments import check_batch_shape
from sunhwan._engine.inputs import is_ragged, without_frame
from sunhwan._engine.symbolic import WHILE_TRAINING, KerasTensor, is_symbolic
from sunhwan.layers.input import Input
from sunhwan.layers.layer import Layer, Shape

from .structure import Structure

if TYPE_CHECKING:
    from .functional import Functional


def traced(model: Any, structure: Structure, shapes: Sequence[Shape]) -> Functional:
    """The graph that `model.call` makes of symbolic inputs.

    Args:
        model: has a `call`.
        structure: how it holds its inputs.
        shapes: of the inputs, `(None, ...)`.

    Raises:
        ValueError: `call` does not return what layers gave for the inputs.
        TypeError: `call` computes with the inputs themselves, or asks whether it is training.
    """
    from .functional import Functional

    inputs = [
        Input(batch_shape=shape, name=name if structure.kind == "dict" else None)
        for name, shape in zip(structure.names, shapes, strict=True)
    ]
    parameters = inspect.signature(model.call).parameters
    told = {"training": WHILE_TRAINING} if "training" in parameters else {}
    given = model.call(structure.pack(inputs), **told)
    outputs = list(given) if isinstance(given, tuple) else given
    if not is_symbolic(outputs):
        raise ValueError(
            f"call of model {model.name!r} must return what layers gave for its inputs, "
            f"got {given!r}"
        )
    return Functional(structure.pack(inputs), outputs, name=model.name)


def form_of_data(x: Any) -> tuple[Structure, list[Shape]]:
    """How data that a model has not seen before are held, and the shapes of the inputs.

    A dictionary, a tuple, and a list of arrays of as many rows are several inputs; any other list
    is rows of one input.
    """
    if isinstance(x, Mapping):
        names = sorted(x)
        return Structure("dict", names), [_shape_of(x[name]) for name in names]
    parts = [without_frame(part) for part in x] if isinstance(x, (list, tuple)) else []
    arrays = all(isinstance(part, np.ndarray) and part.ndim > 1 for part in parts)
    if isinstance(x, tuple) or (arrays and len(parts) > 1 and len({len(p) for p in parts}) == 1):
        names = [f"input {number}" for number in range(len(parts))]
        return Structure("list", names), [_shape_of(part) for part in parts]
    return Structure("single", ["input"]), [_shape_of(x)]


def form_of_shapes(shapes: Any) -> tuple[Structure, list[Shape]]:
    """As `form_of_data`, for shapes that the user names or symbolic tensors have."""
    if isinstance(shapes, Mapping):
        names = sorted(shapes)
        return Structure("dict", names), [_checked(shapes[name]) for name in names]
    if isinstance(shapes, (list, tuple)) and shapes and isinstance(shapes[0], (list, tuple)):
        names = [f"input {number}" for number in range(len(shapes))]
        return Structure("list", names), [_checked(shape) for shape in shapes]
    return Structure("single", ["input"]), [_checked(shapes)]


def shapes_of(tensors: Any) -> Any:
    """The shapes of symbolic tensors, held as these are."""
    if isinstance(tensors, KerasTensor):
        return tensors.shape
    if isinstance(tensors, Mapping):
        return {name: shapes_of(tensor) for name, tensor in tensors.items()}
    return [shapes_of(tensor) for tensor in tensors]


def layers_in(attributes: Any) -> list[Layer]:
    """The layers among a model's attributes, also in lists and dictionaries, in order."""
    found: dict[int, Layer] = {}
    waiting = list(attributes)[::-1]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Layer):
            found.setdefault(id(value), value)
        elif isinstance(value, (list, tuple)):
            waiting += value[::-1]
        elif isinstance(value, dict):
            waiting += list(value.values())[::-1]
    return list(found.values())


def widened(known: Sequence[Shape], shapes: Sequence[Shape]) -> list[Shape] | None:
    """Shapes that both fit, `None` in axes where they differ; `None` if there are none."""
    if any(len(a) != len(b) for a, b in zip(known, shapes, strict=True)):
        return None
    return [
        tuple(one if one == other else None for one, other in zip(a, b, strict=True))
        for a, b in zip(known, shapes, strict=True)
    ]


def _checked(shape: Any) -> Shape:
    return check_batch_shape("input_shape", shape)


def _shape_of(part: Any) -> Shape:
    part = without_frame(part)
    if is_ragged(part):
        return (None, None, *np.shape(part[0])[1:])
    if np.ndim(part) == 0:
        raise ValueError(f"x must hold rows, an array or a list of them, got {part!r}")
    return (None, *np.shape(part)[1:])
