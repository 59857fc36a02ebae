"""Read ``.npz`` files as data: no code in them is ever run.

NumPy stores arrays of lists as pickles, which can name any function to call. Here a pickle may name
only what NumPy's own arrays are made of, and even these names stand for the plain classes below,
which check what they are given and build an array at the very end.
"""

from __future__ import annotations

import io
import math
import pickle
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

_LIMIT = 1 << 30  # bytes of one array


def read_npz(path: Path, *layouts: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Return arrays of an ``.npz`` file by name.

    Args:
        path: of the file.
        layouts: the names that the file may hold: the first of these tuples of which it holds all
            names tells what is read.

    Returns:
        Arrays of numbers, or of lists and arrays of numbers (these with dtype `object`).

    Raises:
        ValueError: the file is damaged, has none of the layouts, or holds anything else.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = {
                member.filename.removesuffix(".npy"): member for member in archive.infolist()
            }
            for names in layouts:
                if members.keys() >= set(names):
                    return {name: _read_member(archive, members[name]) for name in names}
        wanted = ", or ".join(", ".join(names) for names in layouts)
        raise ValueError(f"it must hold {wanted}; it holds {', '.join(members) or 'nothing'}")
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise ValueError(f"{path} must be an .npz file, but it is damaged: {error}") from error
    except (ValueError, pickle.UnpicklingError) as error:
        raise ValueError(f"{path} could not be read: {error}") from error


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> np.ndarray:
    if member.file_size > _LIMIT:
        raise ValueError(
            f"{member.filename} must have at most {_LIMIT:,} bytes, got {member.file_size:,}"
        )
    content = archive.read(member)
    stream = io.BytesIO(content)
    shape, fortran_order, dtype = _read_header(stream)
    if dtype.kind == "O":
        array = _ArrayUnpickler(stream).load_array()
    else:
        array = _numbers(content[stream.tell() :], shape, dtype, fortran_order)
    if array.shape != shape:
        raise ValueError(f"{member.filename} must have the shape {shape}, got {array.shape}")
    return array


def _read_header(stream: io.BytesIO) -> tuple[tuple[int, ...], bool, np.dtype]:
    try:
        if np.lib.format.read_magic(stream) == (1, 0):
            return np.lib.format.read_array_header_1_0(stream)
        # Version 3 differs from 2 in the encoding of field names, and fields are not admitted.
        return np.lib.format.read_array_header_2_0(stream)
    except Exception as error:  # NumPy parses a header as Python text and lets its errors through
        raise ValueError(f"an array's header is damaged: {error}") from error


def _numbers(
    content: bytes, shape: tuple[int, ...], dtype: np.dtype, fortran_order: bool
) -> np.ndarray:
    if dtype.kind not in "biuf":
        raise ValueError(f"arrays must hold numbers or lists, got dtype {dtype}")
    if min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != len(content):
        raise ValueError(
            f"an array of shape {shape} and dtype {dtype} must have "
            f"{math.prod(shape) * dtype.itemsize:,} bytes, got {len(content):,}"
        )
    flat = np.frombuffer(content, dtype=dtype)
    return flat.reshape(shape, order="F" if fortran_order else "C").copy()


class _Refused:
    """What may be named in a pickle, but not be given a state or attributes."""

    __slots__ = ()

    def __setstate__(self, state: Any) -> None:
        raise pickle.UnpicklingError(f"a state was given to {type(self).__name__}")


class _Dtype(_Refused):
    """Stands for `numpy.dtype`."""

    __slots__ = ("code", "order")

    def __init__(self, code: Any = None, *_: Any) -> None:
        self.code, self.order = code, "|"

    def __setstate__(self, state: Any) -> None:
        self.order = state[1]

    def resolve(self) -> np.dtype:
        if self.code in ("O", "O8", "O4"):
            return np.dtype(object)
        known = isinstance(self.code, str) and self.code[:1] in "biuf" and self.code[1:].isdigit()
        if not known or self.order not in ("<", ">", "=", "|"):
            raise pickle.UnpicklingError(f"arrays of {self.code!r} are not admitted")
        return np.dtype(self.order + self.code)


class _Array(_Refused):
    """Stands for `numpy.ndarray`."""

    __slots__ = ("state",)

    def __init__(self) -> None:
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def resolve(self) -> np.ndarray:
        _, shape, dtype, fortran_order, content = self.state
        if not isinstance(dtype, _Dtype):
            raise pickle.UnpicklingError("an array came without its dtype")
        resolved = dtype.resolve()
        if resolved.kind != "O":
            return _numbers(content, shape, resolved, fortran_order)
        if not isinstance(content, list) or shape != (len(content),):
            raise pickle.UnpicklingError(f"an array of lists must have one axis, got {shape}")
        rows = np.empty(len(content), dtype=object)
        for place, row in enumerate(content):
            if not isinstance(row, (list, _Array)):
                raise pickle.UnpicklingError(
                    f"an array must hold lists or arrays, got {type(row).__name__}"
                )
            rows[place] = row.resolve() if isinstance(row, _Array) else row
        return rows


class _Reconstruct(_Refused):
    """Stands for NumPy's function that makes an array to which the state is then given."""

    __slots__ = ()

    def __call__(self, kind: Any, *_: Any) -> _Array:
        if kind is not _Array:
            raise pickle.UnpicklingError("only plain arrays are admitted")
        return _Array()


_ADMITTED = {
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
    ("numpy.core.multiarray", "_reconstruct"): _Reconstruct(),
    ("numpy._core.multiarray", "_reconstruct"): _Reconstruct(),
}


class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        try:
            return _ADMITTED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(
                f"it names {module}.{name}, and only lists and NumPy arrays are admitted"
            ) from None

    def load_array(self) -> np.ndarray:
        try:
            array = self.load()
            if isinstance(array, _Array) and array.state is not None:
                return array.resolve()
        except pickle.UnpicklingError:
            raise
        except Exception as error:  # damaged bytes end in errors of many kinds
            raise pickle.UnpicklingError(f"a pickled array is damaged: {error!r}") from error
        raise pickle.UnpicklingError(f"it pickles {type(array).__name__}, not an array")
