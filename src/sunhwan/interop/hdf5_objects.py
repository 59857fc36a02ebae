"""Groups, arrays and attributes of HDF5 files, in the classic format that h5py writes."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import numpy as np

from .hdf5_bytes import NEWER, Bytes, messages
from .hdf5_values import Kind, read_kind, read_shape, read_values

_SHAPE, _KIND, _EXTERNAL, _LAYOUT, _FILTERS, _ATTRIBUTE, _SYMBOLS = 1, 3, 7, 8, 11, 12, 17
_NEWER_LINKS = (2, 6)
_COMPACT, _CONTIGUOUS = 0, 1
_SOFT_LINK = 2
_NOWHERE = 0xFFFFFFFFFFFFFFFF


@dataclass
class Object:
    """What is at one address.

    Attributes:
        links: a group's members, name -> address, `None` for a link to elsewhere.
        attributes: name -> the message that holds it.
        shape, kind: an array's, or `None`.
        layout: the message that says where an array's numbers are.
    """

    links: dict[str, int | None] | None = None
    attributes: dict[str, bytes] = field(default_factory=dict)
    shape: tuple[int, ...] | None = None
    kind: Kind | None = None
    layout: bytes | None = None


def read_root(file: Bytes) -> int:
    """The address of the root group; `ValueError` if it is no HDF5 file of the classic format."""
    head = file.take(0, 16, b"\x89HDF\r\n\x1a\n")
    version, sizes = head[8], head[13:15]
    if version > 1 or sizes != b"\x08\x08":
        raise ValueError(f"it is in a newer format of HDF5 ({NEWER})")
    _, _, end, _, _, root = struct.unpack("<6Q", file.take(24 + 4 * version, 48))
    if end > file.size:
        raise ValueError(f"it is cut off: it should have {end} bytes, got {file.size}")
    return root


def read_object(file: Bytes, address: int) -> Object:
    """The object at an address."""
    found = Object()
    for kind, content in messages(file, address):
        if kind == _SYMBOLS:
            tree, heap = struct.unpack_from("<QQ", content)
            found.links = _links(file, tree, heap)
        elif kind == _ATTRIBUTE:
            found.attributes[_attribute_name(content)] = content
        elif kind == _SHAPE:
            found.shape = read_shape(content)
        elif kind == _KIND:
            found.kind = read_kind(content)
        elif kind == _LAYOUT:
            found.layout = content
        elif kind in _NEWER_LINKS:
            raise ValueError(f"a group of the newer format is not read ({NEWER})")
        elif kind in (_EXTERNAL, _FILTERS):
            what = "lies in another file" if kind == _EXTERNAL else "is compressed"
            raise ValueError(f"an array that {what} is not read")
    return found


def read_array(file: Bytes, found: Object) -> np.ndarray:
    """The values of an array."""
    assert found.shape is not None
    if found.kind is None or found.layout is None or found.layout[0] not in (3, 4):
        raise ValueError("it is no array of the classic format")
    if 0 in found.shape:
        return np.empty(found.shape, found.kind.dtype)
    if found.layout[1] == _COMPACT:
        (size,) = struct.unpack_from("<H", found.layout, 2)
        data = found.layout[4 : 4 + size]
    elif found.layout[1] == _CONTIGUOUS:
        start, size = struct.unpack_from("<QQ", found.layout, 2)
        if start == _NOWHERE:
            raise ValueError("its numbers were never written")
        data = file.take(start, size)
    else:
        raise ValueError("an array in chunks is not read")
    return read_values(file, found.kind, found.shape, data)


def read_attribute(file: Bytes, message: bytes) -> np.ndarray:
    """The value of an attribute, of any shape."""
    version, name, kind, space = struct.unpack_from("<BxHHH", message)
    if version not in (1, 2, 3) or (version > 1 and message[1]):
        raise ValueError(f"an attribute of version {version} is not known here")
    at = 9 if version == 3 else 8
    parts = []
    for size in (name, kind, space):
        parts.append(message[at : at + size])
        at += -(-size // 8) * 8 if version == 1 else size
    shape = read_shape(parts[2])
    return read_values(file, read_kind(parts[1]), shape, message[at:])


def _attribute_name(message: bytes) -> str:
    version, size = struct.unpack_from("<BxH", message)
    at = 9 if version == 3 else 8
    return message[at : at + size].split(b"\0")[0].decode("utf-8")


def _links(file: Bytes, tree: int, heap: int) -> dict[str, int | None]:
    """The members of a group: a tree of nodes, whose names are in a heap."""
    (size, _, start) = struct.unpack("<8x3Q", file.take(heap, 32, b"HEAP"))
    names = file.take(start, size)
    links: dict[str, int | None] = {}
    nodes, seen = [tree], set()
    for node in nodes:
        if node in seen:
            raise ValueError("a group of the file contains itself")
        seen.add(node)
        if file.take(node, 4) == b"TREE":
            (used,) = struct.unpack("<6xH", file.take(node, 8))
            entries = file.take(node + 24, 16 * used)
            nodes += [child for _, child in struct.iter_unpack("<QQ", entries)]
            continue
        (used,) = struct.unpack("<6xH", file.take(node, 8, b"SNOD"))
        for name, address, cached in struct.iter_unpack("<QQI20x", file.take(node + 8, 40 * used)):
            text = names[name : names.find(b"\0", name)].decode("utf-8")
            links[text] = None if cached == _SOFT_LINK else address
    return links
