"""Types, shapes and values in HDF5 files, as NumPy knows them."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

import numpy as np

from .hdf5_bytes import Bytes

_INTEGER, _FLOAT, _STRING, _VARIABLE = 0, 1, 3, 9
_FLOATS = {2: (10, 5), 4: (23, 8), 8: (52, 11)}  # size -> bits of mantissa and exponent


@dataclass
class Kind:
    """What an element is.

    Attributes:
        dtype: NumPy's; of a text of any length, its 16 bytes that say where it is.
        size: bytes of one.
        indirect: whether elements are texts of any length, elsewhere in the file.
    """

    dtype: np.dtype
    size: int
    indirect: bool = False


def read_kind(message: bytes) -> Kind:
    """The type that a datatype message describes; `ValueError` if it is none of Keras's."""
    kind, flags, size = message[0] & 15, message[1], *struct.unpack_from("<I", message, 4)
    order = ">" if flags & 1 else "<"
    if kind == _INTEGER and size in (1, 2, 4, 8):
        return Kind(np.dtype(f"{order}{'i' if flags & 8 else 'u'}{size}"), size)
    if kind == _FLOAT and size in _FLOATS and not flags & 0x40:
        exponent, mantissa = message[13], message[15]
        if (mantissa, exponent) == _FLOATS[size]:
            return Kind(np.dtype(f"{order}f{size}"), size)
    if kind == _STRING and size:
        return Kind(np.dtype(f"S{size}"), size)
    if kind == _VARIABLE and flags & 15 == 1 and size == 16:
        return Kind(np.dtype("V16"), 16, indirect=True)
    raise ValueError(f"numbers or texts are wanted, got values of class {kind} and {size} bytes")


def read_shape(message: bytes) -> tuple[int, ...]:
    """The shape that a dataspace message describes."""
    version, rank, kind = message[0], message[1], message[3]
    if version not in (1, 2) or (version == 2 and kind > 1):
        raise ValueError(f"a shape of kind {version}.{kind} is not known here")
    return struct.unpack_from(f"<{rank}Q", message, 8 if version == 1 else 4)


def read_values(file: Bytes, kind: Kind, shape: tuple[int, ...], data: bytes) -> np.ndarray:
    """The array in `data`; texts of any length are fetched from where they are."""
    count = math.prod(shape)
    if len(data) < count * kind.size:
        raise ValueError(f"an array of shape {shape} needs {count * kind.size} bytes")
    array = np.frombuffer(data, kind.dtype, count)
    if kind.indirect:
        texts = [_text(file, data[16 * i : 16 * i + 16]) for i in range(count)]
        array = np.array(texts, dtype=object)
    return array.reshape(shape)


def _text(file: Bytes, place: bytes) -> bytes:
    """A text out of a global heap collection: its length, the collection's address, a number."""
    length, address, number = struct.unpack("<IQI", place)
    if not length:
        return b""
    head = file.take(address, 16, b"GCOL")
    at, end = address + 16, address + struct.unpack_from("<Q", head, 8)[0]
    while at + 16 <= end:
        index, size = struct.unpack("<H6xQ", file.take(at, 16))
        if index == number:
            return file.take(at + 16, min(length, size))
        if not index:
            break
        at += 16 + -(-size // 8) * 8
    raise ValueError("a text is not where the file says that it is")
