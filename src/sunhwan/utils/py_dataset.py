"""The base that Keras's programs give to data sets of their own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any


class PyDataset(ABC):
    """A sequence of batches: a subclass writes `__len__` and `__getitem__`.

    `fit`, `evaluate` and `predict` take the batches in their order, and call `on_epoch_end` after
    each pass. (They take any iterable; this base is for programs that name it.)

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
    def __len__(self) -> int:
        """How many batches there are."""

    @abstractmethod
    def __getitem__(self, index: int) -> Any:
        """The batch of this number, `(x, y)` or `(x, y, sample_weight)`."""

    def __iter__(self) -> Any:
        for index in range(len(self)):
            yield self[index]

    @property
    def num_batches(self) -> int:
        """How many batches there are."""
        return len(self)

    def on_epoch_end(self) -> None:
        """Called after each pass: to shuffle, for example."""
