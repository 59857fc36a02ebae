"""HDF5 files of strangers: names, texts and arrays, none larger than the file.

The format is that of "HDF5 File Format Specification", version 1 of its object headers, which h5py
writes unless told otherwise. The library of HDF5 itself crashes on files that were tampered with,
so it is not used.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from .hdf5_bytes import Bytes
from .hdf5_objects import Object, read_array, read_attribute, read_object, read_root


class Hdf5:
    """An open HDF5 file; see `open_hdf5`.

    Args:
        file: its bytes.
        name: what messages call it.
    """

    def __init__(self, file: Bytes, name: str) -> None:
        self.name = name
        self._file = file
        self._left = file.size  # bytes that may yet be read as arrays: a place is read once
        self._objects: dict[int, Object] = {}
        with self._reading():
            self._root = read_root(file)

    def has(self, path: str) -> bool:
        """Whether there is a group or an array at `path`."""
        with self._reading():
            return self._find(path) is not None

    def names(self, path: str) -> list[str]:
        """The names in the group at `path`."""
        with self._reading():
            return list(self._need(path).links or ())

    def text(self, path: str, attribute: str) -> str | None:
        """An attribute that is one text, or `None` where it is missing."""
        with self._reading():
            values = self._attribute(path, attribute)
            if values is not None and len(values) != 1:
                raise ValueError(f"{attribute!r} must be one text, got {len(values)}")
            return None if values is None else values[0]

    def texts(self, path: str, attribute: str) -> list[str] | None:
        """An attribute that is a list of texts, which long ones part as `name0`, `name1`, ..."""
        with self._reading():
            whole = self._attribute(path, attribute)
            if whole is not None:
                return whole
            parts: list[list[str]] = []
            while (part := self._attribute(path, f"{attribute}{len(parts)}")) is not None:
                parts.append(part)
            return [text for part in parts for text in part] if parts else None

    def array(self, path: str) -> np.ndarray:
        """The numbers at `path`: float32, or int64 where they are whole ones.

        Raises:
            ValueError: there are none, or they are no plain numbers.
        """
        with self._reading():
            found = self._need(path)
            if found.shape is None:
                raise ValueError(f"{path!r} must be an array, got a group")
            try:
                numbers = read_array(self._file, found)
            except ValueError as error:
                raise ValueError(f"{path!r} of shape {found.shape}: {error}") from None
            self._left -= numbers.nbytes
            if self._left < 0:
                raise ValueError("its arrays are larger than the file: places are used twice")
            if numbers.dtype.kind not in "fiu":
                raise ValueError(f"{path!r} must hold numbers, got {numbers.dtype}")
            return numbers.astype(np.float32 if numbers.dtype.kind == "f" else np.int64)

    def _attribute(self, path: str, name: str) -> list[str] | None:
        message = self._need(path).attributes.get(name)
        if message is None:
            return None
        values = read_attribute(self._file, message)
        if values.size and values.dtype.kind not in "SO":
            raise ValueError(f"the attribute {name!r} must hold texts, got {values.dtype}")
        return [value.decode("utf-8") for value in values.ravel().tolist()]

    def _need(self, path: str) -> Object:
        found = self._find(path)
        if found is None:
            raise ValueError(f"there is no {path!r} in it")
        return found

    def _find(self, path: str) -> Object | None:
        found = self._at(self._root)
        for name in filter(None, path.split("/")):
            if found.links is None or name not in found.links:
                return None
            address = found.links[name]
            if address is None:
                raise ValueError(f"{path!r} is a link to elsewhere, which is not followed")
            found = self._at(address)
        return found

    def _at(self, address: int) -> Object:
        if address not in self._objects:
            self._objects[address] = read_object(self._file, address)
        return self._objects[address]

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Say in which file it is that something is wrong."""
        try:
            yield
        except (ValueError, IndexError, OverflowError, struct.error) as error:
            raise ValueError(f"{self.name} is no HDF5 file that can be read: {error}") from error


@contextmanager
def open_hdf5(source: Path | bytes, name: str) -> Iterator[Hdf5]:
    """Open a file, or the bytes of one, for reading.

    Args:
        source: where it is, or its bytes.
        name: what messages call it.

    Raises:
        ValueError: it is no HDF5 file.
    """
    if isinstance(source, bytes):
        yield Hdf5(Bytes(memoryview(source)), name)
        return
    if not source.stat().st_size:
        raise ValueError(f"{name} is no HDF5 file: it is empty")
    with (
        source.open("rb") as handle,
        mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
        memoryview(mapped) as view,
    ):
        yield Hdf5(Bytes(view), name)
