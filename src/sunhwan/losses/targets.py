"""Targets: their shapes and values, checked and brought to the form that losses take."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from sunhwan._engine.inputs import as_numbers

Shape = Sequence["int | None"]


def numbers(y_true: ArrayLike, y_pred: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return targets and predictions as arrays; `ValueError` where they are no rows of numbers."""
    targets, predictions = as_numbers(y_true, "y_true"), as_numbers(y_pred, "y_pred")
    if predictions.ndim == 0 or predictions.shape[-1] == 0 < predictions.ndim - 1:
        raise ValueError(f"y_pred must have rows of numbers, got shape {predictions.shape}")
    return targets, predictions


def align(
    y_true: ArrayLike, y_pred: ArrayLike, takes_labels: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Return arrays as direct calls of a loss or metric may give them, predictions as float32.

    Predictions ``(N,)`` with targets ``(N, 1)`` become ``(N, 1)`` too.

    Raises:
        ValueError: they are no numbers, or have not the same number of rows.
    """
    targets, predictions = numbers(y_true, y_pred)
    if predictions.ndim > takes_labels and targets.shape[:1] != predictions.shape[:1]:
        raise ValueError(
            f"y_true must have {len(predictions)} rows as y_pred has, got shape {targets.shape}"
        )
    predictions = np.ascontiguousarray(predictions, np.float32)
    if not takes_labels and predictions.ndim == 1 and targets.shape == (*predictions.shape, 1):
        predictions = predictions[:, None]
    return targets, predictions


def dense_targets(
    y_true: ArrayLike,
    output_shape: Shape,
    name: str,
    loss: str,
    lowest: float = -np.inf,
    highest: float = np.inf,
) -> np.ndarray:
    """Return targets that have a number for each number of the prediction, float32.

    Raises:
        ValueError: the shape does not fit, or a value is not finite or beyond the bounds.
        TypeError: the targets are no numbers.
    """
    targets = _numbers(y_true, name, loss)
    shape = targets.shape
    width = output_shape[-1]
    if _fits(shape, output_shape[:-1]) and width == 1:
        targets = targets[..., None]
    elif not _fits(shape, output_shape):
        hint = ""
        if _fits(shape, output_shape[:-1]) or _fits(shape, (*output_shape[:-1], 1)):
            hint = (
                "; for class numbers use the loss 'sparse_categorical_crossentropy' "
                "or utils.to_categorical"
            )
        raise ValueError(_shape_message(name, loss, _text(output_shape), shape, hint))
    targets = np.ascontiguousarray(targets, np.float32)
    _check_values(targets, name, loss, lowest, highest)
    return targets


def label_targets(
    y_true: ArrayLike, output_shape: Shape, name: str, loss: str, ignored: int | None = None
) -> np.ndarray:
    """Return class numbers, int32, one for each row of the prediction; ignored ones become -1.

    Raises:
        ValueError: the shape does not fit, or a value is no class number.
        TypeError: the targets are no numbers.
    """
    targets = _numbers(y_true, name, loss)
    entries, classes = output_shape[:-1], output_shape[-1]
    if _fits(targets.shape, (*entries, 1)):
        targets = targets[..., 0]
    if not _fits(targets.shape, entries):
        hint = ""
        if _fits(targets.shape, output_shape):
            hint = "; for one-hot targets use the loss 'categorical_crossentropy'"
        raise ValueError(_shape_message(name, loss, _text(entries), targets.shape, hint))
    if targets.dtype.kind == "f":
        broken = ~(np.isfinite(targets) & (targets == np.floor(targets)))
        if broken.any():
            raise ValueError(
                f"{name} must hold whole class numbers for the loss {loss!r}, "
                f"got {targets[broken][0]} {_place(broken)}"
            )
    skipped = np.zeros(targets.shape, bool) if ignored is None else targets == ignored
    outside = ~skipped & ((targets < 0) | (targets >= (classes or np.inf)))
    if outside.any():
        raise ValueError(
            f"{name} must hold class numbers from 0 to {classes and classes - 1} for the loss "
            f"{loss!r} on an output of shape {_text(output_shape)}, "
            f"got {targets[outside][0]} {_place(outside)}"
        )
    return np.where(skipped, -1, targets).astype(np.int32)


def check_classes(output_shape: Shape, loss: str) -> None:
    """Raise a `ValueError` unless an output has two classes or more."""
    if output_shape[-1] == 1:
        raise ValueError(
            f"the loss {loss!r} needs an output of two classes or more, got the shape "
            f"{tuple(output_shape)}; for one output use 'binary_crossentropy'"
        )


def _numbers(y_true: ArrayLike, name: str, loss: str) -> np.ndarray:
    try:
        targets = np.asarray(y_true)
    except ValueError:
        raise ValueError(
            f"{name} must be one array for the loss {loss!r}, got rows of different shapes"
        ) from None
    if targets.dtype.kind not in "biuf":
        raise TypeError(
            f"{name} must hold numbers for the loss {loss!r}, got the dtype {targets.dtype}"
        )
    return targets


def _check_values(targets: np.ndarray, name: str, loss: str, lowest: float, highest: float) -> None:
    if not targets.size:
        return
    # One pass: a NaN or an infinity shows in the extremes.
    low, high = float(targets.min()), float(targets.max())
    if np.isfinite(low) and np.isfinite(high) and lowest <= low and high <= highest:
        return
    broken = ~np.isfinite(targets)
    wanted = "finite numbers"
    if not broken.any():
        broken = (targets < lowest) | (targets > highest)
        wanted = f"numbers from {lowest:g} to {highest:g}"
    raise ValueError(
        f"{name} must hold {wanted} for the loss {loss!r}, got {targets[broken][0]} "
        f"{_place(broken)}"
    )


def _fits(shape: Sequence[int], wanted: Shape) -> bool:
    """Whether a shape is the wanted one, but for the number of rows and what is not known."""
    if len(shape) != len(wanted):
        return False
    return all(
        have == want or want is None or not axis
        for axis, (have, want) in enumerate(zip(shape, wanted, strict=True))
    )


def _text(shape: Shape) -> str:
    dimensions = [None, *shape[1:]] if shape else []
    return "(" + ", ".join(map(str, dimensions)) + ("," if len(dimensions) == 1 else "") + ")"


def _shape_message(name: str, loss: str, wanted: str, shape: tuple[int, ...], hint: str) -> str:
    return f"{name} must have the shape {wanted} for the loss {loss!r}, got {shape}{hint}"


def _place(broken: np.ndarray) -> str:
    index = [int(i) for i in np.argwhere(broken)[0]]
    return f"at index {index[0] if len(index) == 1 else tuple(index)}"
