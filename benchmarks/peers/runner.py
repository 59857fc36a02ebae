"""What a package can do for the benchmark: make calls that are then timed."""

from __future__ import annotations

import math
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
            of them), `packed` (PyTorch's packed sequences) or `packed buckets`; then, after a
            comma each, settings of the package: of Keras `XLA` and `N steps a call`.
    """

    def __init__(
        self,
        workload: dict[str, Any],
        arrays: dict[str, np.ndarray],
        weights: list[np.ndarray],
        way: str,
    ) -> None:
        self.workload, self.weights = workload, weights
        self.way, *self.settings = way.split(", ")
        self.task: str = workload["task"]
        self.batch: int = workload["batch"]
        self.take(arrays)
        self.build()

    def take(self, arrays: dict[str, np.ndarray]) -> None:
        """Work through these arrays from now on; the model stays what it is."""
        self.arrays = arrays
        self.batches = len(arrays["x"]) // self.batch
        self.x, self.y = arrays["x"], arrays["y"]
        if "buckets" in self.way:
            self.x, self.y = self.x[arrays["blocks"]], self.y[arrays["blocks"]]
            self.lengths = arrays["lengths"][arrays["blocks"]]
        else:
            self.lengths = arrays.get("lengths", np.full(len(self.x), self.x.shape[1]))

    def trained(self, steps: int) -> np.ndarray:
        """What the model says of the first batch once it was trained, by the call that is timed.

        Every way gets the same batches, those of the buckets: the first `steps` of them, or again
        and again as many as there are, until all these were taken `steps` times or more.
        """
        arrays = self.arrays
        self.take(first_batches(arrays, min(steps, self.batches) * self.batch))
        self.call(math.ceil(steps / self.batches))()
        self.take(arrays)
        return self.predictions()

    @abstractmethod
    def build(self) -> None:
        """Make the model, with the weights."""

    @abstractmethod
    def call(self, repeats: int) -> Call:
        """Prepare a call that works through all batches `repeats` times; only it is timed."""

    @abstractmethod
    def predictions(self) -> np.ndarray:
        """What the model says of the rows of the padded arrays' first batch."""

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


def first_batches(arrays: dict[str, np.ndarray], rows: int) -> dict[str, np.ndarray]:
    """The first `rows` of the order in which each batch has rows of like length.

    >>> arrays = {"x": np.array([[7], [8], [9]]), "blocks": np.array([2, 0, 1])}
    >>> {name: part.tolist() for name, part in first_batches(arrays, 2).items()}
    {'x': [[9], [7]], 'blocks': [0, 1]}
    """
    order = arrays.get("blocks", np.arange(len(arrays["x"])))[:rows]
    taken = {name: part[order] for name, part in arrays.items()}
    return taken | {"blocks": np.arange(rows)} if "blocks" in arrays else taken


def moved_to_front(x: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Move each row's own steps from its end to its beginning.

    >>> moved_to_front(np.array([[0, 0, 5], [1, 2, 3]]), np.array([1, 3])).tolist()
    [[5, 0, 0], [1, 2, 3]]
    """
    moved = np.zeros_like(x)
    for row, length in enumerate(lengths):
        moved[row, :length] = x[row, x.shape[1] - length :]
    return moved
