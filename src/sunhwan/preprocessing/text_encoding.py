"""Rows of token ids as arrays: padded, ragged, or counted by token."""

from __future__ import annotations

import numpy as np


def padded_ids(ids: np.ndarray, lengths: np.ndarray, width: int) -> np.ndarray:
    """Cut rows to `width` ids and fill short ones up with 0 behind.

    Args:
        ids: ``(P,)`` int64, the rows end to end.
        lengths: ``(N,)`` ids in each row.
        width: ids in each row of the result, ``(N, width)`` int64.

    >>> padded_ids(np.array([5, 6, 7, 8]), np.array([3, 0, 1]), width=2)
    array([[5, 6],
           [0, 0],
           [8, 0]])
    """
    rows, places = _coordinates(lengths)
    kept = places < width
    padded = np.zeros((len(lengths), width), dtype=np.int64)
    padded[rows[kept], places[kept]] = ids[kept]
    return padded


def ragged_ids(ids: np.ndarray, lengths: np.ndarray, width: int | None) -> list[np.ndarray]:
    """Return one array for each row, cut to `width` ids if that is given.

    >>> ragged_ids(np.array([5, 6, 7, 8]), np.array([3, 0, 1]), width=2)
    [array([5, 6]), array([], dtype=int64), array([8])]
    """
    ends = np.cumsum(lengths)
    sizes = lengths if width is None else np.minimum(lengths, width)
    starts = ends - lengths
    return [ids[start : start + size] for start, size in zip(starts, sizes, strict=True)]


def token_counts(ids: np.ndarray, lengths: np.ndarray, depth: int) -> np.ndarray:
    """Count how often each row has each id below `depth`: ``(N, depth)`` int64.

    Negative ids are not counted.

    >>> token_counts(np.array([1, 2, 1, 0, -1]), np.array([3, 2]), depth=3)
    array([[0, 2, 1],
           [1, 0, 0]])
    """
    rows, _ = _coordinates(lengths)
    counted = ids >= 0
    cells = rows[counted] * depth + ids[counted]
    return np.bincount(cells, minlength=len(lengths) * depth).reshape(len(lengths), depth)


def _coordinates(lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Row and place in the row of each id, both ``(P,)``."""
    rows = np.repeat(np.arange(len(lengths)), lengths)
    starts = np.cumsum(lengths) - lengths
    return rows, np.arange(len(rows)) - starts[rows]
