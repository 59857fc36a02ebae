"""What the numbers of an array are like."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sunhwan import _core

BINS = 40
MOST_COUNTED = 1 << 16


class Summary(NamedTuple):
    """Of the finite numbers of an array; all zero where there are none.

    Args:
        count: how many numbers the array has.
        finite: how many of them are neither NaN nor infinite.
        mean: their mean.
        spread: their standard deviation.
        size: the mean of their absolute values.
        least: the least of them.
        most: the largest.
        histogram: how many lie in each of `BINS` equal bins from `least` to `most`, the last one
            with `most`; where both are equal all lie in the first. Of more than `MOST_COUNTED`
            numbers some are counted, in runs spread evenly.

    >>> Summary.of(np.array([1, 2, 3, np.nan], np.float32))[:4]
    (4, 3, 2.0, 0.816496580927726)
    """

    count: int
    finite: int
    mean: float
    spread: float
    size: float
    least: float
    most: float
    histogram: np.ndarray

    @classmethod
    def of(cls, numbers: np.ndarray) -> Summary:
        """The summary of a C-contiguous float32 array of any shape."""
        histogram = np.zeros(BINS, np.int64)
        stride = -(-numbers.size // MOST_COUNTED) | 1  # odd: in step with few widths of rows
        return cls(numbers.size, *_core.summarize(numbers, histogram, stride), histogram)

    @property
    def edges(self) -> np.ndarray:
        """`(BINS + 1,)`, where the bins of the histogram begin and end."""
        return np.linspace(self.least, self.most, len(self.histogram) + 1)
