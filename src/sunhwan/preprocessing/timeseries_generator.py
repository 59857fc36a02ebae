"""Keras 2's generator of windows over a series."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sunhwan._engine.arguments import check_count, check_flag
from sunhwan._engine.inputs import as_numbers
from sunhwan.preprocessing.py_dataset import PyDataset


class TimeseriesGenerator(PyDataset):
    """Batches of windows over a series, each with the value behind its last step.

    Window `i` ends before step ``at = start_index + length + i * stride``::

        x[i] = data[at - length : at : sampling_rate]
        y[i] = targets[at]

    This is Keras 2's class; `timeseries_windows` and `timeseries_dataset_from_array` do as much.

    Args:
        data: ``(steps, ...)``.
        targets: as many steps.
        length: steps that a window spans.
        sampling_rate: a window takes one of so many steps.
        stride: steps from a window to the next.
        start_index, end_index: the first and the last step that are used; default all.
        shuffle: whether a batch is of windows drawn by chance, by NumPy's global generator.
        reverse: whether the steps of a window come last first.
        batch_size: windows in a batch.

    Raises:
        ValueError: an argument is out of range, `data` and `targets` have not as many steps, or
            there is no whole window.

    >>> series = np.arange(10)
    >>> x, y = TimeseriesGenerator(series, series, length=3, batch_size=2)[0]
    >>> x.tolist(), y.tolist()
    ([[0, 1, 2], [1, 2, 3]], [3, 4])
    """

    def __init__(
        self,
        data: ArrayLike,
        targets: ArrayLike,
        length: int,
        sampling_rate: int = 1,
        stride: int = 1,
        start_index: int = 0,
        end_index: int | None = None,
        shuffle: bool = False,
        reverse: bool = False,
        batch_size: int = 128,
    ) -> None:
        super().__init__()
        self.data, self.targets = as_numbers(data, "data"), as_numbers(targets, "targets")
        if self.data.ndim == 0 or self.targets.shape[:1] != self.data.shape[:1]:
            raise ValueError(
                "data and targets must have as many steps, got shapes "
                f"{self.data.shape} and {self.targets.shape}"
            )
        self.length = check_count("length", length)
        self.sampling_rate = check_count("sampling_rate", sampling_rate)
        self.stride = check_count("stride", stride)
        self.start_index = check_count("start_index", start_index, least=0) + self.length
        last = len(self.data) - 1 if end_index is None else end_index
        self.end_index = check_count("end_index", last, least=0)
        self.shuffle = check_flag("shuffle", shuffle)
        self.reverse = check_flag("reverse", reverse)
        self.batch_size = check_count("batch_size", batch_size)
        if not self.start_index <= self.end_index < len(self.data):
            raise ValueError(
                f"a window of length {self.length} and its target, from start_index {start_index} "
                f"to end_index {self.end_index}, do not fit into {len(self.data)} steps"
            )

    def __len__(self) -> int:
        span = self.batch_size * self.stride
        return (self.end_index - self.start_index + span) // span

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        if not 0 <= index < len(self):
            raise IndexError(f"index must be from 0 to {len(self) - 1}, got {index}")
        if self.shuffle:
            ends: Any = np.random.randint(  # noqa: NPY002, the legacy generator is what is seeded
                self.start_index, self.end_index + 1, size=self.batch_size
            )
        else:
            first = self.start_index + self.batch_size * self.stride * index
            last = min(first + self.batch_size * self.stride, self.end_index + 1)
            ends = np.arange(first, last, self.stride)
        steps = np.arange(-self.length, 0, self.sampling_rate)
        x = self.data[ends[:, np.newaxis] + steps]
        return (x[:, ::-1] if self.reverse else x), self.targets[ends]
