"""Batches that are made when they are asked for, as often as they are."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any, final

from sunhwan._engine.arguments import check_count


@final
class Batches:
    """An iterable of batches for `fit`, with the methods of `tf.data.Dataset` that tutorials use.

    Args:
        make: gives an iterator over all batches, anew at each call.
        length: how many there are.
        class_names: of data with labels, what the classes are called, else `None`.

    >>> numbers = Batches(lambda: iter([(1, 2), (3, 4), (5, 6)]), 3)
    >>> list(numbers.map(lambda x, y: x * y).take(2)), len(numbers.skip(1))
    ([2, 12], 2)
    """

    def __init__(
        self,
        make: Callable[[], Iterator[Any]],
        length: int,
        class_names: list[str] | None = None,
    ) -> None:
        self._make = make
        self._length = length
        self.class_names = class_names

    def __iter__(self) -> Iterator[Any]:
        return self._make()

    def __len__(self) -> int:
        return self._length

    def map(
        self, map_func: Callable[..., Any], num_parallel_calls: Any = None, **options: Any
    ) -> Batches:
        """The batches that a function makes of these.

        Args:
            map_func: gets a batch `(x, y)` as two arguments, a batch that is no tuple as one.
            num_parallel_calls, options: accepted for programs that say so; without effect.
        """

        def make() -> Iterator[Any]:
            for batch in self._make():
                yield map_func(*batch) if isinstance(batch, tuple) else map_func(batch)

        return Batches(make, self._length, self.class_names)

    def take(self, count: int) -> Batches:
        """The first `count` batches; -1 for all."""
        count = check_count("count", count, least=-1)
        first = None if count == -1 else count
        length = self._length if count == -1 else min(count, self._length)
        return Batches(lambda: itertools.islice(self._make(), first), length, self.class_names)

    def skip(self, count: int) -> Batches:
        """All but the first `count` batches."""
        count = check_count("count", count, least=0)
        rest = max(0, self._length - count)
        return Batches(lambda: itertools.islice(self._make(), count, None), rest, self.class_names)

    def cache(self) -> Batches:
        """The same batches, kept in memory from the first pass on, in the order that it had."""
        kept: list[Any] = []
        whole = False

        def make() -> Iterator[Any]:
            nonlocal whole
            if whole:
                yield from kept
                return
            seen = []
            for batch in self._make():
                seen.append(batch)
                yield batch
            kept[:], whole = seen, True

        return Batches(make, self._length, self.class_names)

    def prefetch(self, buffer_size: Any = None) -> Batches:
        """These batches; there for programs that ask for it: nothing is made ahead."""
        return self

    def as_numpy_iterator(self) -> Iterator[Any]:
        """An iterator over the batches, which hold NumPy arrays as they are."""
        return iter(self)

    def __repr__(self) -> str:
        return f"<Batches of length {self._length}>"
