"""Windows over images: where a convolution or a pooling in two dimensions reads."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sunhwan import _core

from .windows import Windows

_KEPT_ENTRIES = 1 << 22  # of a map that is kept for the next batch: 16 MiB
_Pair = tuple[int, int]


@dataclass(frozen=True)
class ImageWindows:
    """Windows of `size` pixels, `dilation` apart, on a grid of `strides`; all (height, width).

    Args:
        size: taps of a window.
        strides: pixels from a window to the next.
        dilation: pixels from a tap to the next.
        padding: `"valid"` or `"same"`, as in `Windows`.

    >>> windows = ImageWindows((3, 2), (1, 2), padding="same")
    >>> windows.count(5, 5)
    (5, 3)
    """

    size: _Pair
    strides: _Pair = (1, 1)
    dilation: _Pair = (1, 1)
    padding: str = "valid"

    @property
    def taps(self) -> int:
        """How many pixels a window reads."""
        return self.size[0] * self.size[1]

    @property
    def tap_step(self) -> int:
        """Only taps so many apart read one and the same pixel, in different windows."""
        vertical, horizontal = self._axes
        return math.gcd(vertical.tap_step * self.size[1], horizontal.tap_step)

    @property
    def _axes(self) -> tuple[Windows, Windows]:
        vertical, horizontal = (
            Windows(size, stride, dilation, self.padding)
            for size, stride, dilation in zip(self.size, self.strides, self.dilation, strict=True)
        )
        return vertical, horizontal

    def count(self, height: int, width: int) -> _Pair:
        """How many windows an image has, one below the other and side by side."""
        vertical, horizontal = self._axes
        return int(vertical.count(height)), int(horizontal.count(width))

    def checked_count(self, height: int | None, width: int | None, layer: str) -> tuple:
        """As `count`, with `None` for lengths that are not known.

        Raises:
            ValueError: the image is smaller than a window without padding; `layer` is named.
        """
        counts = []
        for windows, pixels in zip(self._axes, (height, width), strict=True):
            if pixels is not None and self.padding == "valid" and pixels < windows.span:
                spans = tuple(one.span for one in self._axes)
                raise ValueError(
                    f"layer {layer!r}: windows that span {spans} pixels need images as large "
                    f"without padding, got {(height, width)}"
                )
            counts.append(None if pixels is None else int(windows.count(pixels)))
        return tuple(counts)

    def map(self, images: int, height: int, width: int) -> np.ndarray:
        """Where each tap reads, `(images * windows, taps)` int32, read-only.

        An entry is the number of a pixel among those of all images, or `_core.NOTHING` for padding.
        """
        entries = images * math.prod(self.count(height, width)) * self.taps
        make = _kept_map if entries <= _KEPT_ENTRIES else _map
        return make(self, images, height, width)


def _map(windows: ImageWindows, images: int, height: int, width: int) -> np.ndarray:
    rows, columns = (
        _places(one, pixels) for one, pixels in zip(windows._axes, (height, width), strict=True)
    )
    # (windows down, windows across, taps down, taps across)
    inside = (rows >= 0)[:, None, :, None] & (columns >= 0)[None, :, None, :]
    pixels = rows[:, None, :, None] * width + columns[None, :, None, :]
    firsts = np.arange(images, dtype=np.int32)[:, None, None, None, None] * (height * width)
    entries = np.where(inside, firsts + pixels, np.int32(_core.NOTHING)).astype(np.int32)
    entries = entries.reshape(-1, windows.taps)
    entries.flags.writeable = False
    return entries


_kept_map = lru_cache(maxsize=16)(_map)


def _places(windows: Windows, pixels: int) -> np.ndarray:
    """Along one axis, the pixel of each window's taps, `(windows, size)`; -1 beyond the ends."""
    first = np.arange(windows.count(pixels)) * windows.stride - windows.before(pixels)
    places = first[:, None] + np.arange(windows.size) * windows.dilation
    return np.where((places >= 0) & (places < pixels), places, -1).astype(np.int32)
