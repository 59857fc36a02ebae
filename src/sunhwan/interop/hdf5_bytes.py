"""The bytes of a file, and its objects' messages; nothing is believed, all places are checked."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_CONTINUATION = 0x10
_SHARED = 2
NEWER = "libver='latest', track_order or links to other files, none of which Keras writes"


class Bytes:
    """The bytes of a file.

    Args:
        buffer: all of them.
    """

    def __init__(self, buffer: memoryview) -> None:
        self._buffer = buffer
        self.size = len(buffer)

    def take(self, address: int, length: int, signature: bytes = b"") -> bytes:
        """`length` bytes from `address` on, which must be there and begin with `signature`."""
        if address < 0 or length < 0 or address + length > self.size:
            raise ValueError(
                f"the file ends before byte {address + length}: it is cut off or broken"
            )
        found = bytes(self._buffer[address : address + length])
        if not found.startswith(signature):
            raise ValueError(
                f"byte {address} must begin a {signature.decode()!r}, got {found[:4]!r}"
            )
        return found


def messages(file: Bytes, address: int) -> Iterator[tuple[int, bytes]]:
    """The messages of the object at `address`: a number that says the kind, and the content.

    Raises:
        ValueError: it is no object of the classic format (version 1), or a broken one.
    """
    version, length = struct.unpack("<B7xI4x", file.take(address, 16))
    if version != 1:
        raise ValueError(f"an object of the newer format is not read ({NEWER})")
    blocks = [(address + 16, length)]
    for number, (start, size) in enumerate(blocks):
        if number > 1000:
            raise ValueError("an object of the file goes on without end")
        block, at = file.take(start, size), 0
        while at + 8 <= size:
            kind, inside, flags = struct.unpack_from("<HHB", block, at)
            content = block[at + 8 : at + 8 + inside]
            if len(content) < inside:
                raise ValueError("a message of the file is cut off")
            at += 8 + inside
            if kind == _CONTINUATION:
                blocks.append(struct.unpack_from("<QQ", content))
            elif flags & _SHARED and kind in (1, 3, 8, 12):
                raise ValueError("a type that is shared in the file is not known here")
            else:
                yield kind, content
