"""Arithmetic on measured times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Spread:
    """A median between its quartiles."""

    median: float
    low: float
    high: float

    def scaled(self, factor: float) -> Spread:
        """The same in another unit."""
        return Spread(self.median * factor, self.low * factor, self.high * factor)


def spread(values: list[float]) -> Spread:
    """Median and quartiles.

    >>> spread([4.0, 1.0, 2.0, 3.0, 5.0])
    Spread(median=3.0, low=2.0, high=4.0)
    """
    low, median, high = np.percentile(values, (25, 50, 75))
    return Spread(float(median), float(low), float(high))


def slope(short: float, long: float, steps: int) -> float:
    """Milliseconds a step, from the seconds of `steps` steps and of three times as many.

    >>> slope(short=0.25, long=0.75, steps=10)
    25.0
    """
    return 1e3 * (long - short) / (2 * steps)


def ratios(ours: list[float], theirs: list[float]) -> list[float]:
    """How many times as long the peer took as we did, round by round."""
    return [peer / own for own, peer in zip(ours, theirs, strict=True)]


def best(times: dict[str, list[float]]) -> str:
    """The name with the least median.

    >>> best({"a": [3.0, 4.0, 5.0], "b": [1.0, 3.0, 9.0]})
    'b'
    """
    return min(times, key=lambda name: spread(times[name]).median)
