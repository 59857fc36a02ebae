"""Memory that a step takes piece by piece and gives back all at once."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sunhwan import _core

ALIGNMENT = 64
BLOCK_BYTES = 1 << 20
LARGE_BYTES = 1 << 16

Piece = tuple[int, int, int]  # number of a block, first byte, byte behind the last


def _room(size: int) -> int:
    """Bytes that an array takes; large ones of nearly the same size as many.

    So arrays of one slice stand where those of the slice before stood, and a thread writes what
    itself wrote there.
    """
    unit = ALIGNMENT if size < LARGE_BYTES else 1 << (size.bit_length() - 3)
    return -(-size // unit) * unit


class Arena:
    """A stack of aligned arrays that is reused from step to step and grows only when it must.

    Attributes:
        noted: where it is a list, the pieces that are taken are appended to it, so that they can be
            given back one by one before the rest.
    """

    def __init__(self) -> None:
        self._blocks: list[np.ndarray] = []
        self._block = 0
        self._used = 0
        self._free: list[Piece] = []
        self.noted: list[Piece] | None = None

    def empty(self, shape: tuple[int, ...], dtype: Any = np.float32) -> np.ndarray:
        """An array of undefined values, aligned to 64 bytes."""
        size = math.prod(shape) * (4 if dtype is np.float32 else np.dtype(dtype).itemsize)
        if self._free and size:
            place = self._again(size)
            if place is not None:
                return np.ndarray(shape, dtype, self._blocks[place[0]], place[1])
        room = _room(size)
        while self._block < len(self._blocks):
            block = self._blocks[self._block]
            if self._used + room <= block.size:
                place = self._used
                self._used = place + room
                if self.noted is not None and size:
                    self.noted.append((self._block, place, self._used))
                return np.ndarray(shape, dtype, block, place)
            self._block += 1
            self._used = 0
        self._grow(room)
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
        self._free = []

    def give_back(self, piece: Piece) -> None:
        """Let what is taken next overwrite a piece that was `noted`."""
        merged: list[Piece] = []
        for block, start, stop in sorted([*self._free, piece]):
            if merged and merged[-1][0] == block and merged[-1][2] == start:
                merged[-1] = block, merged[-1][1], stop
            else:
                merged.append((block, start, stop))
        self._free = merged

    def _again(self, size: int) -> Piece | None:
        """A piece of the smallest one given back in which `size` bytes fit."""
        size = _room(size)
        fitting = [piece for piece in self._free if piece[2] - piece[1] >= size]
        if not fitting:
            return None
        chosen = min(fitting, key=lambda piece: piece[2] - piece[1])
        block, start, stop = chosen
        self._free.remove(chosen)
        if start + size < stop:
            self._free.append((block, start + size, stop))
        taken = block, start, start + size
        if self.noted is not None:
            self.noted.append(taken)
        return taken

    def _grow(self, size: int) -> None:
        size = max(BLOCK_BYTES, size, sum(block.size for block in self._blocks) // 2)
        raw = np.empty(size + ALIGNMENT, np.uint8)
        skip = -raw.ctypes.data % ALIGNMENT
        self._blocks.append(raw[skip : skip + size])
