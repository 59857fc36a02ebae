"""Memory that a step takes piece by piece and gives back all at once."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sunhwan import _core

ALIGNMENT = 64
BLOCK_BYTES = 1 << 20


class Arena:
    """A stack of aligned arrays that is reused from step to step and grows only when it must."""

    def __init__(self) -> None:
        self._blocks: list[np.ndarray] = []
        self._block = 0
        self._used = 0

    def empty(self, shape: tuple[int, ...], dtype: Any = np.float32) -> np.ndarray:
        """An array of undefined values, aligned to 64 bytes."""
        size = math.prod(shape) * (4 if dtype is np.float32 else np.dtype(dtype).itemsize)
        while self._block < len(self._blocks):
            block = self._blocks[self._block]
            if self._used + size <= block.size:
                place = self._used
                self._used = place + (size + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT
                return np.ndarray(shape, dtype, block, place)
            self._block += 1
            self._used = 0
        self._grow(size)
        return self.empty(shape, dtype)

    def zeros(self, shape: tuple[int, ...]) -> np.ndarray:
        """An array of float32 zeros."""
        array = self.empty(shape)
        _core.fill(array)
        return array

    @property
    def blocks(self) -> list[np.ndarray]:
        """The memory so far, bytes; it stays where it is."""
        return self._blocks

    def spoil(self) -> None:
        """Overwrite all memory with NaN."""
        for block in self._blocks:
            block.fill(255)

    def mark(self) -> tuple[int, int]:
        """A place to `release` to."""
        return self._block, self._used

    def release(self, mark: tuple[int, int] = (0, 0)) -> None:
        """Give back what was taken since `mark`; arrays taken since are overwritten later."""
        self._block, self._used = mark

    def _grow(self, size: int) -> None:
        size = max(BLOCK_BYTES, size, sum(block.size for block in self._blocks) // 2)
        raw = np.empty(size + ALIGNMENT, np.uint8)
        skip = -raw.ctypes.data % ALIGNMENT
        self._blocks.append(raw[skip : skip + size])
