"""The arrays that all packages get: real data where it has a name, else drawn from a fixed seed.

A maker returns ``x``, (rows, T) int32 or (rows, T, I) float32, and ``y``, (rows, 1) float32 or
(rows,) int32; for texts also ``lengths`` (rows,), how many steps at a row's end are its own, and
``blocks`` (rows,), the rows in an order in which each batch has rows of like length.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.translator import sentences
from benchmarks.workload import Workload

Arrays = dict[str, np.ndarray]


def arrays_of(workload: Workload) -> Arrays:
    """Make the arrays of a workload."""
    data = workload.data
    return MAKERS[data.maker](data.batches, workload.batch, **data.arguments)


def write(workload: Workload, folder: Path) -> Path:
    """Write the arrays of a workload into `folder`, once, and return the file."""
    key = json.dumps([workload.to_json()["data"], workload.batch], sort_keys=True)
    path = folder / f"{hashlib.sha256(key.encode()).hexdigest()[:16]}.npz"
    if not path.exists():
        np.savez(path, **arrays_of(workload))  # pyright: ignore[reportArgumentType]
    return path


def imdb(batches: int, batch: int, words: int, steps: int) -> Arrays:
    """Film reviews of all lengths."""
    from sunhwan.datasets import imdb as reviews

    (x, y), _ = reviews.load_data(num_words=words)
    return _texts(x, y.astype(np.float32)[:, None], batches, batch, steps)


def imdb_full_rows(batches: int, batch: int, words: int, steps: int) -> Arrays:
    """Film reviews of `steps` words or more, so that nothing is padded."""
    from sunhwan.datasets import imdb as reviews

    (x, y), _ = reviews.load_data(num_words=words)
    long = [row for row in range(len(x)) if len(x[row]) >= steps][: batches * batch]
    return {"x": _padded([x[row] for row in long], steps), "y": y[long].astype(np.float32)[:, None]}


def reuters(batches: int, batch: int, words: int, steps: int) -> Arrays:
    """Newswires of all lengths."""
    from sunhwan.datasets import reuters as newswires

    (x, y), _ = newswires.load_data(num_words=words)
    return _texts(x, y.astype(np.int32), batches, batch, steps)


def product(batches: int, batch: int) -> Arrays:
    """Sequences with two marked numbers."""
    from sunhwan.datasets import product as sequences

    (x, y), _ = sequences.load_data()
    return {"x": x[: batches * batch], "y": y[: batches * batch, None]}


def cosine(batches: int, batch: int) -> Arrays:
    """Windows of a noisy cosine."""
    from sunhwan.datasets import cosine as series

    (x, y), _ = series.load_data()
    rows = batches * batch
    return {"x": x[:rows].astype(np.float32), "y": y[:rows].astype(np.float32)}


def mnist(batches: int, batch: int) -> Arrays:
    """Images, row by row."""
    from sunhwan.datasets import mnist as digits

    (x, y), _ = digits.load_data()
    rows = batches * batch
    return {"x": (x[:rows] / 255).astype(np.float32), "y": y[:rows].astype(np.int32)}


def normal(batches: int, batch: int, steps: int, inputs: int, classes: int = 0) -> Arrays:
    """Random numbers; the targets too, or labels below `classes`."""
    random = np.random.default_rng(0)
    rows = batches * batch
    x = random.standard_normal((rows, steps, inputs), dtype=np.float32)
    if classes:
        return {"x": x, "y": random.integers(0, classes, rows, dtype=np.int32)}
    return {"x": x, "y": random.standard_normal((rows, 1), dtype=np.float32)}


def texts(
    batches: int, batch: int, words: int, steps: int, median: int, classes: int = 0
) -> Arrays:
    """Random texts: lengths around `median`, few words frequent and many rare."""
    random = np.random.default_rng(0)
    rows = batches * batch
    lengths = np.clip(median * random.lognormal(0, 0.6, rows), 1, steps).astype(np.int32)
    ids = [np.minimum(random.zipf(1.2, length) + 3, words - 1) for length in lengths]
    if classes:
        y = random.integers(0, classes, rows, dtype=np.int32)
    else:
        y = random.integers(0, 2, (rows, 1)).astype(np.float32)
    return {"x": _padded(ids, steps), "y": y, "lengths": lengths, "blocks": np.arange(rows)}


def ids(batches: int, batch: int, words: int, steps: int) -> Arrays:
    """Random ids, none of them padding."""
    random = np.random.default_rng(0)
    x = random.integers(1, words, (batches * batch, steps), dtype=np.int32)
    return {"x": x, "y": random.integers(0, 2, (batches * batch, 1)).astype(np.float32)}


MAKERS: dict[str, Callable[..., Arrays]] = {
    "imdb": imdb,
    "imdb_full_rows": imdb_full_rows,
    "reuters": reuters,
    "product": product,
    "cosine": cosine,
    "mnist": mnist,
    "normal": normal,
    "texts": texts,
    "ids": ids,
    "sentences": sentences,
}


def _texts(x: np.ndarray, y: np.ndarray, batches: int, batch: int, steps: int) -> Arrays:
    """Take blocks of rows of like length, spread evenly over all lengths, and mix their rows."""
    lengths = np.minimum([len(row) for row in x], steps)
    rows = spread_blocks(lengths, batches, batch)
    mixed = np.random.default_rng(0).permutation(len(rows))
    taken = rows[mixed]
    return {
        "x": _padded([x[row] for row in taken], steps),
        "y": y[taken],
        "lengths": lengths[taken].astype(np.int32),
        "blocks": np.argsort(mixed),
    }


def spread_blocks(lengths: np.ndarray, batches: int, batch: int) -> np.ndarray:
    """Choose `batches` batches of neighbours in the order of length, at even distances.

    Each is what one batch of a whole data set sorted by length would be, and together they have
    the lengths of the data set.

    >>> spread_blocks(np.array([5, 1, 4, 2, 3, 6, 8, 7]), batches=2, batch=2)
    array([3, 4, 5, 7])
    """
    order = np.argsort(lengths, kind="stable")
    middles = (np.arange(batches) + 0.5) / batches * len(order)
    firsts = np.clip(np.rint(middles - batch / 2), 0, len(order) - batch).astype(int)
    return np.concatenate([order[first : first + batch] for first in firsts])


def _padded(rows: Sequence[Any], steps: int) -> np.ndarray:
    """Zeros in front; of longer rows the end, as `pad_sequences` does."""
    x = np.zeros((len(rows), steps), np.int32)
    for place, row in enumerate(rows):
        end = row[-steps:]
        x[place, steps - len(end) :] = end
    return x
