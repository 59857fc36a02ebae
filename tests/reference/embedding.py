"""Embedding and Masking: rows of a table, and which steps of a sequence exist."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .activations import Array


class Cache(NamedTuple):
    ids: NDArray[np.integer]
    table_shape: tuple[int, int]


def embedding_forward(ids: NDArray[np.integer], table: Array) -> tuple[Array, Cache]:
    """`ids` (N, T) or any shape, `table` (V, D): (*ids.shape, D)."""
    vocabulary, width = table.shape
    return table[ids], Cache(ids, (vocabulary, width))


def embedding_backward(cache: Cache, dy: Array) -> Array:
    """The gradient of the table: each row sums what its id's places owe."""
    dtable = np.zeros(cache.table_shape)
    for place in np.ndindex(cache.ids.shape):
        dtable[cache.ids[place]] += dy[place]
    return dtable


def embedding_mask(ids: NDArray[np.integer]) -> NDArray[np.bool_]:
    """With `mask_zero`: id 0 marks a step that does not exist."""
    return ids != 0


def masking_forward(x: Array, mask_value: float = 0.0) -> tuple[Array, NDArray[np.bool_]]:
    """`x` (N, T, C): the steps that differ somewhere from `mask_value` exist; the others read 0."""
    mask = (x != mask_value).any(axis=-1)
    return np.where(mask[..., None], x, 0.0), mask


def masking_backward(mask: NDArray[np.bool_], dy: Array) -> Array:
    return np.where(mask[..., None], dy, 0.0)
