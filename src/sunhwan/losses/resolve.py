"""From what a user passes as `loss` to the loss that the engine runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sunhwan.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)
from sunhwan.losses.function import FunctionLoss
from sunhwan.losses.functional import CLASSES
from sunhwan.losses.loss import LOSSES, Loss

Shape = Sequence["int | None"]


def resolve(
    identifier: Any, output_shape: Shape | None = None, target_shape: Shape | None = None
) -> Loss:
    """Return the loss that `identifier` means.

    Args:
        identifier: a name (``"mse"``), a config, a class, a `Loss`, one of this module's functions,
            or a function of the user's that returns value and gradient (see `FunctionLoss`).
            ``"crossentropy"`` or ``"ce"`` means the cross-entropy that fits the shapes.
        output_shape: the predictions' shape, for ``"crossentropy"`` alone.
        target_shape: the targets' shape, for ``"crossentropy"`` alone.

    Raises:
        ValueError: the name is unknown, or the identifier is none of these.

    >>> resolve("mse")
    MeanSquaredError(reduction='sum_over_batch_size', name='mean_squared_error', dtype=None)
    """
    if isinstance(identifier, str) and identifier.lower() in ("crossentropy", "ce"):
        return _crossentropy(output_shape, target_shape)
    thing = LOSSES.get(identifier)
    if thing is None:
        raise ValueError("loss must be a name, a loss or a function, got None")
    if thing in CLASSES:
        thing = CLASSES[thing]()
    return thing if isinstance(thing, Loss) else FunctionLoss(thing)


def kind_of_targets(output_shape: Shape, target_shape: Shape) -> str:
    """Return how targets tell classes: ``"binary"``, ``"sparse"`` or ``"categorical"``.

    >>> kind_of_targets((None, 5), (None,))
    'sparse'
    """
    if output_shape[-1] == 1:
        return "binary"
    fewer = len(target_shape) < len(output_shape)
    return "sparse" if fewer or target_shape[-1] == 1 else "categorical"


def _crossentropy(output_shape: Shape | None, target_shape: Shape | None) -> Loss:
    if output_shape is None or target_shape is None:
        raise ValueError(
            "the loss 'crossentropy' needs to know the shapes of the output and the targets"
        )
    kind = kind_of_targets(output_shape, target_shape)
    if kind == "binary":
        return BinaryCrossentropy()
    return SparseCategoricalCrossentropy() if kind == "sparse" else CategoricalCrossentropy()
