"""Rows of the training data, written to a file before anybody asks for them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from typing import Any

import numpy as np

MOST_ROWS = 64
MOST_BYTES = 8 << 20


def write_rows(inputs: Sequence[Any], targets: Sequence[Any], rows: Sequence[int]) -> str | None:
    """Write rows to a new `.npz` file in the system's folder for temporary files.

    It holds ``rows``, their numbers, and of each input and target an array ``x``, ``y`` (where
    there are several: ``x0``, ``x1``), or, of rows of different lengths, an array ``x_17`` for each
    row. The file is written beside and renamed.

    Args:
        inputs: arrays or lists that are indexed by row.
        targets: likewise.
        rows: which ones; no more than `MOST_ROWS` and about `MOST_BYTES` are written.

    Returns:
        Its path; `None` where it could not be written.
    """
    chosen, size = [], 0
    for row in rows[:MOST_ROWS]:
        chosen.append(int(row))
        size += sum(np.asarray(part[row]).nbytes for part in (*inputs, *targets))
        if size > MOST_BYTES:
            break
    arrays: dict[str, np.ndarray] = {"rows": np.array(chosen, np.int64)}
    for name, parts in (("x", inputs), ("y", targets)):
        for number, part in enumerate(parts):
            label = name if len(parts) == 1 else f"{name}{number}"
            each = [np.asarray(part[row]) for row in chosen]
            if len({array.shape for array in each}) == 1:
                arrays[label] = np.stack(each)
            else:
                arrays |= {f"{label}_{row}": array for row, array in zip(chosen, each, strict=True)}
    try:
        handle, path = tempfile.mkstemp(prefix="sunhwan-rows-", suffix=".npz")
        beside = f"{path}.part"
        with os.fdopen(handle, "wb"), open(beside, "wb") as file:
            np.savez(file, **arrays)  # pyright: ignore[reportArgumentType]
        os.replace(beside, path)
    except OSError:
        return None
    return path
