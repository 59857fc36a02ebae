"""A file of lines, each a JSON object, that is written while others read it.

Plain JSON lines are the format because each line stands for itself: a kill leaves at most a last
line without its end, which no reader takes and the next writer closes off; a line that is damaged
is left out; and every tool can read them. A line goes to the system in one write, so nothing that
was written is lost with the process.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

Line = dict[str, Any]


def merge_by_leaving_out(one: Line, other: Line) -> Line:
    """Of two lines the first."""
    return one


class Lines:
    """Appends lines to a file, and thins it when it has grown too large.

    Thinning makes one line of each two, puts the new file in the place of the old one in one move,
    and from then on makes one line of each two that come, then of each four, and so on: so the file
    stays below `most_bytes` and its lines evenly spread, however long a training goes on.

    Args:
        path: the file; made where there is none, else added to.
        most_bytes: it is thinned when it is larger.
        merge: makes one line of two neighbours.
    """

    def __init__(
        self,
        path: Path,
        most_bytes: int,
        merge: Callable[[Line, Line], Line] = merge_by_leaving_out,
    ) -> None:
        self.path, self.most_bytes, self._merge = path, most_bytes, merge
        self.together = 1  # lines that come for one that is written
        self._waiting: Line | None = None
        self._count = 0
        torn = False
        if path.exists() and path.stat().st_size:
            with path.open("rb") as file:
                file.seek(-1, os.SEEK_END)
                torn = file.read(1) != b"\n"
        self._file = path.open("ab", buffering=0)
        if torn:
            self._file.write(b"\n")
        self._size = self._file.seek(0, os.SEEK_END)

    def append(self, line: Line) -> None:
        """Write a line, or keep it until those that belong to it have come."""
        self._waiting = line if self._waiting is None else self._merge(self._waiting, line)
        self._count += 1
        if self._count >= self.together:
            self.flush()

    def flush(self) -> None:
        """Write what waits for more."""
        if self._waiting is None:
            return
        self._size += self._file.write(encoded(self._waiting))
        self._waiting, self._count = None, 0
        if self._size > self.most_bytes:
            self._thin()

    def keep(self, wanted: Callable[[Line], bool]) -> None:
        """Leave out the lines that are not wanted."""
        self._rewrite(line for line in read_lines(self.path)[0] if wanted(line))

    def close(self) -> None:
        """Write what waits and close the file."""
        self.flush()
        self._file.close()

    def _thin(self) -> None:
        lines = read_lines(self.path)[0]
        pairs = zip(lines[::2], [*lines[1::2], None], strict=False)
        merged = [one if other is None else self._merge(one, other) for one, other in pairs]
        if len(lines) > 1 and self._rewrite(merged):
            self.together *= 2

    def _rewrite(self, lines: Iterable[Line]) -> bool:
        """Put other lines in the place of all; false where the system does not let us now."""
        beside = self.path.with_suffix(".new")
        beside.write_bytes(b"".join(encoded(line) for line in lines))
        self._file.close()
        moved = False
        with suppress(PermissionError):  # on Windows, while somebody reads
            beside.replace(self.path)
            moved = True
        self._file = self.path.open("ab", buffering=0)
        self._size = self._file.seek(0, os.SEEK_END)
        return moved


def encoded(line: Line) -> bytes:
    """A line as bytes, its end included; no number in it is NaN or infinite."""
    return json.dumps(line, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def read_lines(path: Path, place: int = 0) -> tuple[list[Line], int]:
    """The whole lines from byte `place` on, and the place behind them.

    Where the file is missing there are none. Lines that are no JSON object are left out.
    """
    try:
        with path.open("rb") as file:
            file.seek(place)
            data = file.read()
    except FileNotFoundError:
        return [], 0
    return parsed(data), place + data.rfind(b"\n") + 1


def parsed(data: bytes) -> list[Line]:
    """The lines that are JSON objects, of those that have their end."""
    lines = []
    for text in data[: data.rfind(b"\n") + 1].splitlines():
        with suppress(ValueError):
            line = json.loads(text)
            if isinstance(line, dict):
                lines.append(line)
    return lines
