"""One flat, aligned block for a model's values and another for its gradients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .variable import Variable

ALIGNMENT = 64


def aligned_zeros(floats: int) -> np.ndarray:
    """`floats` float32 zeros whose address is a multiple of `ALIGNMENT` bytes."""
    raw = np.zeros(floats * 4 + ALIGNMENT, np.uint8)
    skip = -raw.ctypes.data % ALIGNMENT
    return raw[skip : skip + floats * 4].view(np.float32)


@dataclass
class Range:
    """The place of one variable in the block: floats `start:stop`."""

    variable: Variable
    start: int
    stop: int

    @property
    def name(self) -> str:
        return self.variable.path

    @property
    def trainable(self) -> bool:
        return self.variable.trainable


class Block:
    """The variables of a model, laid end to end, each starting at a multiple of 64 bytes.

    `values` and `gradients` are flat float32 arrays; each variable's `value` and `grad` become
    views of them. What lies between two variables is zero in both and stays so.
    """

    def __init__(self, variables: Sequence[Variable]) -> None:
        lanes = ALIGNMENT // 4
        self.ranges: list[Range] = []
        place = 0
        for variable in variables:
            self.ranges.append(Range(variable, place, place + variable.size))
            place += -(-variable.size // lanes) * lanes
        self.values = aligned_zeros(place)
        self.gradients = aligned_zeros(place)
        for entry in self.ranges:
            variable, span = entry.variable, slice(entry.start, entry.stop)
            value = self.values[span].reshape(variable.shape)
            value[...] = variable.value
            variable.value = value
            variable.grad = self.gradients[span].reshape(variable.shape)
        self._views = [entry.variable.value for entry in self.ranges]

    @property
    def current(self) -> bool:
        """Whether the variables still are views of this block, and not of another model's."""
        return all(
            entry.variable.value is view
            for entry, view in zip(self.ranges, self._views, strict=True)
        )
