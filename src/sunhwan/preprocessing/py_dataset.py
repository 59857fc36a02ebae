"""The base that Keras's programs give to data sets of their own."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Sized
from typing import Any


class PyDataset(ABC):
    """Batches that can be asked for by number: a subclass writes `__len__` and `__getitem__`.

    `fit` takes all batches in an order of its own in each epoch, unless `shuffle` is false; with
    `steps_per_epoch` an epoch goes on where the one before stopped. `evaluate` and `predict` take
    them in their order. All call `on_epoch_begin` and `on_epoch_end`. Other iterables are never
    shuffled.

    Args:
        workers, use_multiprocessing, max_queue_size: accepted for programs that say so, without
            effect.

    >>> class Squares(PyDataset):
    ...     def __len__(self):
    ...         return 3
    ...     def __getitem__(self, index):
    ...         return [[index]], [[index**2]]
    >>> list(Squares())
    [([[0]], [[0]]), ([[1]], [[1]]), ([[2]], [[4]])]
    """

    def __init__(
        self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10
    ) -> None:
        self.workers = workers
        self.use_multiprocessing = use_multiprocessing
        self.max_queue_size = max_queue_size

    @abstractmethod
    def __getitem__(self, index: int) -> Any:
        """The batch of this number, `(x, y)` or `(x, y, sample_weight)`."""

    def __iter__(self) -> Any:
        count = self.num_batches
        for index in itertools.count() if count is None else range(count):
            yield self[index]

    @property
    def num_batches(self) -> int | None:
        """How many batches there are, by default `len(self)`; `None` for batches without end."""
        if not isinstance(self, Sized):
            raise NotImplementedError(
                f"{type(self).__name__} must write __len__: how many batches there are"
            )
        return len(self)

    def on_epoch_begin(self) -> None:
        """Called before the batches of an epoch, an evaluation or a prediction."""

    def on_epoch_end(self) -> None:
        """Called after them: to shuffle rows, for example."""
