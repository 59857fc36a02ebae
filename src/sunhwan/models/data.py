"""Batches of inputs, targets and weights, from arrays or from the user's own iterable."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sunhwan._engine.batch import Batch
from sunhwan._engine.inputs import as_targets
from sunhwan.preprocessing.py_dataset import PyDataset

from .feed import Feed


@dataclass
class Examples:
    """Rows with their targets, to be cut into batches.

    Args:
        feed: the inputs.
        y: targets, an array or a list of arrays, one a row; `None` for prediction; a tuple of
            these for several outputs.
        weight: `(N,)` or `(N, T)` weights of the rows, or `None`; a tuple for several outputs.
        places: which rows of the feed these are, `(n,)` int64.
    """

    feed: Feed
    y: Any
    weight: np.ndarray | None
    places: np.ndarray

    @property
    def rows(self) -> int:
        return len(self.places)

    def steps(self, batch_size: int) -> int:
        """How many batches there are."""
        return math.ceil(self.rows / batch_size)

    def batches(
        self, batch_size: int, order: np.ndarray | None = None, skip: int = 0
    ) -> Iterator[tuple[Batch, Any, Any]]:
        """Batches in the given order of the rows, without the first `skip`."""
        places = self.places if order is None else self.places[order]
        for first in range(skip * batch_size, len(places), batch_size):
            part = places[first : first + batch_size]
            yield self.feed.batch(part), pick(self.y, part), pick(self.weight, part)

    def split(self, fraction: float) -> tuple[Examples, Examples]:
        """All but the last `fraction` of the rows, and these.

        Raises:
            ValueError: one of the two would be empty.
        """
        at = math.floor(self.rows * (1.0 - fraction))
        if not 0 < at < self.rows:
            raise ValueError(
                f"validation_split must leave rows on both sides, got {fraction} of {self.rows}"
            )
        first, last = self.places[:at], self.places[at:]
        return (
            Examples(self.feed, self.y, self.weight, first),
            Examples(self.feed, self.y, self.weight, last),
        )


def pick(values: Any, places: np.ndarray) -> Any:
    """The entries at `places` of an array or of a list of arrays; of each in a tuple."""
    if values is None:
        return None
    if isinstance(values, tuple):
        return tuple(pick(part, places) for part in values)
    if isinstance(values, list):
        return [values[place] for place in places]
    return values[places]


def examples(feed: Feed, y: Any, sample_weight: Any, name: str = "y") -> Examples:
    """Check that inputs, targets and weights agree in their number of rows.

    Raises:
        ValueError: they do not, or there are none.
    """
    if feed.rows == 0:
        shape = getattr(feed, "shape", (0,))
        raise ValueError(f"x must have at least one row, got shape {(0, *shape[1:])}")
    targets = _checked(y, name, feed.rows)
    weight = _checked(sample_weight, "sample_weight", feed.rows)
    return Examples(feed, targets, weight, np.arange(feed.rows, dtype=np.int64))


def _checked(values: Any, name: str, rows: int) -> Any:
    """Targets or weights of so many rows, or a tuple of these."""
    if values is None:
        return None
    if isinstance(values, tuple):
        return tuple(_checked(part, f"{name}[{n}]", rows) for n, part in enumerate(values))
    checked = as_targets(values, name)
    if len(checked) != rows:
        raise ValueError(f"x has {rows} rows, but {name} has {len(checked)}")
    return checked


def is_iterable_of_batches(x: Any) -> bool:
    """Whether `x` yields batches itself: a generator, or a sequence of batches."""
    if isinstance(x, (np.ndarray, list, tuple, str, dict)):
        return False
    if hasattr(x, "to_numpy") or hasattr(x, "__array__"):  # a frame, or a tensor
        return False
    return isinstance(x, Iterable) or (hasattr(x, "__getitem__") and hasattr(x, "__len__"))


def count_of(source: Any) -> int | None:
    """How many batches an iterable says that it has; `None` where it does not know."""
    if isinstance(source, PyDataset):
        return source.num_batches
    try:
        return len(source)
    except TypeError:
        return None


def items_of(source: Any, skip: int = 0, limit: int | None = None) -> Iterator[Any]:
    """What an iterable gives, or an object with `__len__` and `__getitem__`.

    Args:
        source: what gives batches.
        skip: how many of the first are left out; an iterable makes them all the same.
        limit: the number of the first one that is not given any more; default none.
    """
    if hasattr(source, "__getitem__") and hasattr(source, "__len__"):
        return (source[number] for number in range(len(source))[skip:limit])
    return itertools.islice(source, skip, limit)


def iterate(source: Any, skip: int = 0, limit: int | None = None) -> Iterator[Any]:
    """The same, telling the source: its methods `on_epoch_begin` and `on_epoch_end` are called.

    Raises:
        ValueError: it is a `PyDataset` without end, and there is no `limit`.
    """
    check_end(source, limit)
    tell(source, "on_epoch_begin")
    yield from items_of(source, skip, limit)
    tell(source, "on_epoch_end")


def check_end(source: Any, limit: int | None) -> None:
    """Raise `ValueError` for a `PyDataset` without end where there is no limit."""
    if isinstance(source, PyDataset) and limit is None and source.num_batches is None:
        raise ValueError(
            f"{type(source).__name__}.num_batches is None, so there are batches without end: say "
            "how many by steps_per_epoch, validation_steps or steps"
        )


def tell(source: Any, what: str) -> None:
    """Call the method `what` of a user's data set, where it has one."""
    method = getattr(source, what, None)
    if callable(method):
        method()


def unpack_batch(item: Any) -> tuple[Any, Any, Any]:
    """`x`, `y` and weights of what a generator gave.

    Raises:
        ValueError: it is no tuple of one to three.
    """
    if isinstance(item, dict) or hasattr(item, "__array__"):
        return item, None, None
    if not isinstance(item, (tuple, list)) or not 1 <= len(item) <= 3:
        raise ValueError(
            "each batch must be (x,), (x, y) or (x, y, sample_weight), "
            f"got {type(item).__name__} of length {len(item) if hasattr(item, '__len__') else '?'}"
        )
    x, y, weight = (*item, None, None)[:3]
    return x, y, weight
