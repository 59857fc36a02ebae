"""The rows of a data set, in parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Part:
    """Rows with their targets.

    Args:
        x: inputs `(N, ...)`.
        y: targets `(N,)` or `(N, 1)`.
    """

    x: np.ndarray
    y: np.ndarray

    def first(self, rows: int | None) -> Part:
        """The first `rows` rows, all for `None`."""
        return Part(self.x[:rows], self.y[:rows])


@dataclass(frozen=True)
class Data:
    """What is trained on, what is watched meanwhile, and what is kept for the end."""

    train: Part
    validation: Part
    test: Part

    @property
    def parts(self) -> dict[str, Part]:
        """The parts by name."""
        return {"train": self.train, "validation": self.validation, "test": self.test}

    def first(self, rows: int | None) -> Data:
        """At most `rows` rows of each part."""
        return Data(*(part.first(rows) for part in self.parts.values()))


def split(train: Part, test: Part, validation: float) -> Data:
    """Hold out the last share `validation` of the training rows, as `validation_split` does.

    >>> rows = Part(np.zeros((10, 3)), np.arange(10))
    >>> split(rows, rows, validation=0.2).validation.y
    array([8, 9])
    """
    at = int(len(train.y) * (1.0 - validation))
    return Data(train.first(at), Part(train.x[at:], train.y[at:]), test)
