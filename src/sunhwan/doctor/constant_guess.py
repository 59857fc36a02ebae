"""What can be had without looking at the inputs: a constant prediction, and its loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from sunhwan import losses

LEAST = 1e-7

_CLASSES = (
    losses.BinaryCrossentropy,
    losses.BinaryFocalCrossentropy,
    losses.CategoricalCrossentropy,
    losses.CategoricalFocalCrossentropy,
)
_MEDIAN = (losses.MeanAbsoluteError, losses.Huber, losses.LogCosh)


def constant_guess(
    loss: Any, y: np.ndarray, others: np.ndarray | None = None
) -> tuple[float | None, float | None]:
    """The loss of the constant that suits targets best, on them and on others.

    ::

        mean squared error          the mean
        mean absolute error, Huber  the median
        cross-entropies             the frequencies of the classes

    Args:
        loss: the loss.
        y: targets as the loss takes them.
        others: more of them, or `None`.

    Returns:
        Two losses; `None` where there are no others, or of a loss of another kind.

    >>> constant_guess(losses.MeanSquaredError(), np.float32([[1.0], [3.0]]))
    (1.0, None)
    """
    if getattr(loss, "reduction", None) not in ("sum_over_batch_size", "mean"):
        return None, None
    constant = _constant(loss, y)
    if constant is None:
        return None, None
    return _value(loss, y, constant), None if others is None else _value(loss, others, constant)


def _constant(loss: Any, y: np.ndarray) -> np.ndarray | None:
    """The prediction for each entry, `(C,)`."""
    if isinstance(loss, losses.SparseCategoricalCrossentropy):
        if loss.ignore_class is not None:
            return None
        share = np.bincount(y.reshape(-1)).astype(np.float64) / y.size
        return np.log(share + LEAST) if loss.from_logits else share
    entries = y.reshape(-1, y.shape[-1])
    if isinstance(loss, losses.MeanSquaredError):
        return entries.mean(axis=0, dtype=np.float64)
    if isinstance(loss, _MEDIAN):
        return np.median(entries, axis=0)
    if isinstance(loss, (losses.BinaryCrossentropy, losses.CategoricalCrossentropy)):
        share = entries.mean(axis=0, dtype=np.float64).clip(LEAST, 1 - LEAST)
        if not loss.from_logits:
            return share
        return np.log(share / (1 - share)) if "Binary" in type(loss).__name__ else np.log(share)
    return None


def _value(loss: Any, y: np.ndarray, constant: np.ndarray) -> float | None:
    if loss.takes_labels:  # from the classes alone: entries times classes may be many numbers
        if int(y.max(initial=0)) >= len(constant):  # a class that training does not have
            wider = np.full(int(y.max()) + 1, constant.min() if loss.from_logits else 0.0)
            wider[: len(constant)] = constant
            constant = wider
        logs = constant if loss.from_logits else np.log(constant.clip(LEAST, 1 - LEAST))
        most = logs.max()
        logs = logs - most - np.log(np.exp(logs - most).sum())
        return float(-logs[y].mean())
    prediction = np.ascontiguousarray(np.broadcast_to(constant.astype(np.float32), y.shape))
    return float(loss(y, prediction))


def dominating(loss: Any, y: np.ndarray) -> tuple[int, float]:
    """The most frequent class and its share, `(-1, 0.0)` where rows have no one class each."""
    if isinstance(loss, losses.SparseCategoricalCrossentropy):
        labels = y if y.ndim == 1 else None
    elif y.ndim != 2 or not isinstance(loss, _CLASSES):
        labels = None
    elif y.shape[1] == 1:
        is_class = bool(((y == 0) | (y == 1)).all())
        labels = y[:, 0].astype(np.int64) if is_class else None
    else:
        one_hot = bool(((y == 0) | (y == 1)).all()) and bool((y.sum(axis=1) == 1).all())
        labels = y.argmax(axis=1) if one_hot else None
    if labels is None or not labels.size or labels.min() < 0:
        return -1, 0.0
    counts = np.bincount(labels)
    label = int(counts.argmax())
    return label, float(counts[label] / labels.size)
