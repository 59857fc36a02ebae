"""Event files, as TensorBoard reads them: records of protocol buffers, written by hand.

A record is the length of its data (8 bytes), its checksum, the data, and their checksum (4 bytes
each, little-endian). The checksum is CRC-32C, rotated and added to a constant. The data are an
`Event` of TensorFlow's `event.proto`, of which a few fields are enough.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path
from time import time

import numpy as np

from sunhwan.watching import Summary


def _crc_table() -> list[int]:
    table = []
    for byte in range(256):
        entry = byte
        for _ in range(8):
            entry = entry >> 1 ^ (0x82F63B78 if entry & 1 else 0)  # Castagnoli's, bits reversed
        table.append(entry)
    return table


_TABLE = _crc_table()


def crc32c(data: bytes) -> int:
    """The checksum CRC-32C (RFC 3720).

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def record(data: bytes) -> bytes:
    """Data as a record of an event file."""
    length = struct.pack("<Q", len(data))
    return length + _masked(length) + data + _masked(data)


def scalar(tag: str, value: float) -> bytes:
    """A `Summary.Value` of one number."""
    return _field(1, tag.encode()) + b"\x15" + struct.pack("<f", value)


def histogram(tag: str, numbers: np.ndarray) -> bytes:
    """A `Summary.Value` of the histogram of numbers."""
    summary = Summary.of(np.ascontiguousarray(numbers, np.float32))
    counted = max(int(summary.histogram.sum()), 1)
    square = summary.spread**2 + summary.mean**2
    sums = [summary.least, summary.most, counted, summary.mean * counted, square * counted]
    data = b"".join(
        _key(number, 1) + struct.pack("<d", value) for number, value in enumerate(sums, 1)
    )
    data += _field(6, summary.edges[1:].astype("<f8").tobytes())
    data += _field(7, summary.histogram.astype("<f8").tobytes())
    return _field(1, tag.encode()) + _field(5, data)


class EventFile:
    """Writes an event file.

    Args:
        path: of the file; its folder is made where there is none.
        now: when it begins, in seconds since 1970; default now.
        restart: of a training that goes on after a crash, the first step that is made again: from
            there on TensorBoard forgets what it read in earlier files of the folder.
    """

    def __init__(self, path: Path, now: float | None = None, restart: int | None = None) -> None:
        now = time() if now is None else now
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("wb", buffering=0)
        self._file.write(record(_event(now, 0, _field(3, b"brain.Event:2"))))
        # A `SessionLog` of status START, twice: the first of a run is no restart to TensorBoard.
        for _ in range(0 if restart is None else 2):
            self._file.write(record(_event(now, restart or 0, _field(7, b"\x08\x01"))))

    def write(self, step: int, values: Iterable[bytes], now: float | None = None) -> None:
        """Write an event: the values, by `scalar` or `histogram`, of a step."""
        summary = b"".join(_field(1, value) for value in values)
        now = time() if now is None else now
        self._file.write(record(_event(now, step, _field(5, summary))))

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _masked(data: bytes) -> bytes:
    crc = crc32c(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def _event(now: float, step: int, what: bytes) -> bytes:
    return _key(1, 1) + struct.pack("<d", now) + _key(2, 0) + _varint(step) + what


def _field(number: int, data: bytes) -> bytes:
    """A field of bytes, a string, a message or packed numbers."""
    return _key(number, 2) + _varint(len(data)) + data


def _key(number: int, kind: int) -> bytes:
    return _varint(number << 3 | kind)


def _varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; the highest bit says that more follow."""
    parts = []
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])
