"""Weights of a loss's entries."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sunhwan._engine.inputs import as_numbers


def entry_weights(
    sample_weight: ArrayLike | None, entries: tuple[int, ...], mask: ArrayLike | None = None
) -> np.ndarray | None:
    """Return float32 weights of the shape `entries`, or `None` where all weigh 1.

    Args:
        sample_weight: weights of the rows, ``(N,)`` or ``(N, 1, ...)``, or of the entries.
        entries: the shape of the loss's values, ``(N, ...)``.
        mask: true for the entries that count, of the shape `entries`, or `None`.

    Raises:
        ValueError: the weights are no numbers, or their shape is no such shape.

    >>> entry_weights([1.0, 3.0], (2, 3))
    array([[1., 1., 1.],
           [3., 3., 3.]], dtype=float32)
    """
    if sample_weight is None:
        return None if mask is None else np.asarray(mask, np.float32)
    weights = as_numbers(sample_weight, "sample_weight").astype(np.float32, copy=False)
    shape = weights.shape
    if weights.ndim == len(entries) + 1 and shape[-1] == 1:
        weights = weights[..., 0]
    weights = weights.reshape(weights.shape + (1,) * (len(entries) - weights.ndim))
    fits = weights.ndim == len(entries) and all(
        have in (1, want) for have, want in zip(weights.shape[1:], entries[1:], strict=True)
    )
    if not fits or weights.shape[:1] != entries[:1]:
        raise ValueError(
            f"sample_weight must have one weight a row, {entries[:1]}, or one for each of the "
            f"loss's values, {entries}, got the shape {shape}"
        )
    if mask is not None:
        weights = weights * np.asarray(mask, np.float32)
    return np.ascontiguousarray(np.broadcast_to(weights, entries))
