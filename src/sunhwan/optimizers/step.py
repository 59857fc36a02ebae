"""What an optimizer's update works on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

_GAP = 16  # floats: less than what may lie, as zeros, between two variables of a block


class Range(Protocol):
    """The place of a variable in the flat arrays."""

    @property
    def start(self) -> int: ...
    @property
    def stop(self) -> int: ...
    @property
    def trainable(self) -> bool: ...
    @property
    def name(self) -> str: ...


@dataclass
class Piece:
    """Variables that lie side by side and are updated alike.

    Attributes:
        start, stop: their place in the flat arrays.
        scale: what the gradients are multiplied by (clipping by norm).
        decay: the share of the values that is taken off before the update.
    """

    start: int
    stop: int
    scale: float = 1.0
    decay: float = 0.0


@dataclass
class Step:
    """One update of one piece.

    Attributes:
        values: the parameters, flat; to be changed in place.
        gradients: their gradients, as they came.
        slots: the optimizer's own arrays, by name; to be changed in place.
        learning_rate: the rate of this step.
        number: of this step, from 1.
        scale, limit, decay: before the update, ``g = clip(scale * g, -limit, limit)`` and
            ``w *= 1 - decay``; a native kernel does it by itself.
    """

    values: np.ndarray
    gradients: np.ndarray
    slots: dict[str, np.ndarray]
    learning_rate: float
    number: int
    scale: float
    limit: float
    decay: float

    @property
    def before(self) -> tuple[float, float, float]:
        """What a native kernel takes before its own arguments."""
        return self.scale, self.limit, self.decay

    def prepare(self) -> np.ndarray:
        """Decay the values and return the scaled and clipped gradients, in NumPy."""
        if self.decay:
            self.values *= np.float32(1.0 - self.decay)
        return np.clip(self.gradients * np.float32(self.scale), -self.limit, self.limit)


def merge(pieces: Sequence[Piece]) -> list[Piece]:
    """Return pieces with neighbours of the same treatment joined, zeros between them included.

    >>> merge([Piece(0, 3), Piece(3, 5), Piece(16, 20, scale=0.5)])
    [Piece(start=0, stop=5, scale=1.0, decay=0.0), Piece(start=16, stop=20, scale=0.5, decay=0.0)]
    """
    merged: list[Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        alike = last is not None and (last.scale, last.decay) == (piece.scale, piece.decay)
        if last is not None and alike and 0 <= piece.start - last.stop < _GAP:
            last.stop = piece.stop
        else:
            merged.append(Piece(piece.start, piece.stop, piece.scale, piece.decay))
    return merged
