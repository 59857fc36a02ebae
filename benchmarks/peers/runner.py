"""What a package can do for the benchmark: make calls that are then timed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.peers.learning import Curve

Call = Callable[[], object]


class UnsupportedError(Exception):
    """The package cannot run this workload; the message says why."""


class Runner(ABC):
    """A workload in one package, fed in one way.

    Args:
        workload: as `Workload.to_json` gives it.
        arrays: ``x``, ``y`` and, for texts, ``lengths`` and ``blocks``; see `inputs.py`.
        weights: of the model, in the order and layout of Keras.
        way: `padded`, `ragged`, `buckets` (batches of rows of like length, padded to the longest
            of them), `packed` (PyTorch's packed sequences) or `packed buckets`.
    """

    def __init__(
        self,
        workload: dict[str, Any],
        arrays: dict[str, np.ndarray],
        weights: list[np.ndarray],
        way: str,
    ) -> None:
        self.workload, self.arrays, self.way = workload, arrays, way
        self.weights = weights
        self.task: str = workload["task"]
        self.batch: int = workload["batch"]
        self.batches = len(arrays["x"]) // self.batch
        self.x, self.y = arrays["x"], arrays["y"]
        if "buckets" in way:
            self.x, self.y = self.x[arrays["blocks"]], self.y[arrays["blocks"]]
            self.lengths = arrays["lengths"][arrays["blocks"]]
        else:
            self.lengths = arrays.get("lengths", np.full(len(self.x), self.x.shape[1]))
        self.build()

    @abstractmethod
    def build(self) -> None:
        """Make the model, with the weights."""

    @abstractmethod
    def call(self, repeats: int) -> Call:
        """Prepare a call that works through all batches `repeats` times; only it is timed."""

    @abstractmethod
    def predictions(self) -> np.ndarray:
        """What the fresh model says of the rows of the padded arrays' first batch."""

    def learn(self, seed: int) -> Curve:
        """Train until the validation data ``x_val``, ``y_val`` reach the workload's target.

        Args:
            seed: of the order of the rows.
        """
        raise UnsupportedError("it does not train")

    def close(self) -> None:
        """Free what the package keeps of the model elsewhere."""
        return

    def batch_at(self, place: int) -> slice:
        """The rows of a batch."""
        return slice(place * self.batch, (place + 1) * self.batch)

    def bucket(self, place: int, front: bool) -> np.ndarray:
        """The ids of one batch, cut to its longest row; padding in `front` or behind.

        Returns:
            An array ``(rows, longest)``.
        """
        rows = self.batch_at(place)
        x, lengths = self.x[rows], self.lengths[rows]
        cut = x[:, x.shape[1] - int(lengths.max()) :]
        return cut if front else moved_to_front(cut, lengths)


def moved_to_front(x: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Move each row's own steps from its end to its beginning.

    >>> moved_to_front(np.array([[0, 0, 5], [1, 2, 3]]), np.array([1, 3])).tolist()
    [[5, 0, 0], [1, 2, 3]]
    """
    moved = np.zeros_like(x)
    for row, length in enumerate(lengths):
        moved[row, :length] = x[row, x.shape[1] - length :]
    return moved
