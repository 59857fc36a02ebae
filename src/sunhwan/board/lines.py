"""A file of lines, each a JSON object, that is written while others read it.

Plain JSON lines are the format because each line stands for itself: a kill leaves at most a last
line without its end, which no reader takes and the next writer closes off; a line that is damaged
is left out; and every tool can read them. A line goes to the system in one write, so nothing that
was written is lost with the process.
"""

from __future__ import annotations

import errno
import json
import math
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from io import FileIO
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
        self._count = 0  # lines that are in it
        self._limit = most_bytes  # when to thin
        self._torn = False  # whether the file ends within a line
        if path.exists() and path.stat().st_size:
            with path.open("rb") as file:
                file.seek(-1, os.SEEK_END)
                self._torn = file.read(1) != b"\n"
        self._file: FileIO | None = None  # opened when it is written to
        self._size = 0

    def append(self, *lines: Line) -> None:
        """Write lines, each once those that belong to it have come.

        Raises:
            OSError: the system refuses; these lines are lost, later ones are written again.
        """
        whole = []
        for line in lines:
            self._waiting = line if self._waiting is None else self._merge(self._waiting, line)
            self._count += 1
            if self._count >= self.together:
                whole.append(self._waiting)
                self._waiting, self._count = None, 0
        self._write(whole)

    @property
    def state(self) -> list[Any]:
        """How many lines make one, how many wait, and what they have become so far."""
        return [self.together, self._count, self._waiting]

    def go_on(self, first: int, when: float = math.inf, state: Sequence[Any] | None = None) -> None:
        """Take up a file of which the steps (`line["s"]`) from `first` on will be made again.

        Args:
            first: a step's number. A line that holds steps on both sides of it is cut.
            when: of what was written behind the step before `first`, only what is older than this
                (`line["t"]`) will not be written again; steps themselves (with `"n"`) never are.
            state: what `state` was then.
        """
        last = _last_line(self.path)
        if last is None or _before(last, first, when) is not last:
            lines = read_lines(self.path)[0]
            cut = [_before(line, first, when) for line in lines]
            kept = [line for line in cut if line is not None]
            if kept != lines:
                self._rewrite(kept)
            last = kept[-1] if kept else None
        if state is None:
            return
        self.together, count, waiting = state
        # What waited may have been written since.
        if waiting and waiting["s"] - waiting.get("n", 1) >= (last or {}).get("s", -1):
            self._count, self._waiting = count, waiting

    def close(self) -> None:
        """Write what waits and close the file."""
        try:
            if self._waiting is not None:
                self._write([self._waiting])
        finally:
            self._waiting, self._count = None, 0
            self._let_go()

    def _let_go(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, lines: Sequence[Line]) -> None:
        if not lines:
            return
        if self._file is None:
            self._file = self.path.open("ab", buffering=0)
            self._size = self._file.seek(0, os.SEEK_END)
        data = (b"\n" if self._torn else b"") + b"".join(map(encoded, lines))
        self._torn = True  # should the write fail
        written = self._file.write(data)
        if written < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
        self._torn = False
        self._size += written
        if self._size > self._limit:
            self._thin()

    def _thin(self) -> None:
        lines = read_lines(self.path)[0]
        pairs = zip(lines[::2], [*lines[1::2], None], strict=False)
        merged = [one if other is None else self._merge(one, other) for one, other in pairs]
        if len(lines) > 1 and self._rewrite(merged):
            self.together *= 2
            self._limit = self.most_bytes
        else:
            self._limit = self._size + self.most_bytes // 8

    def _rewrite(self, lines: Iterable[Line]) -> bool:
        """Put other lines in the place of all; false where the system does not let us now."""
        beside = self.path.with_suffix(".new")
        moved = False
        with suppress(OSError):  # a full disk; on Windows also while somebody reads
            beside.write_bytes(b"".join(map(encoded, lines)))
            self._let_go()
            beside.replace(self.path)
            moved = True
        if moved:
            self._torn = False
        else:
            with suppress(OSError):
                beside.unlink()
        return moved


_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def encoded(line: Line) -> bytes:
    """A line as bytes, its end included; no number in it is NaN or infinite."""
    return _encode(line).encode() + b"\n"


def _before(line: Line, first: int, when: float) -> Line | None:
    """Of a line what is of the steps before `first`, see `Lines.go_on`."""
    beyond = line.get("s", 0) - first + 1
    if beyond < 0 or (beyond == 0 and ("n" in line or line.get("t", 0) <= when)):
        return line
    left = line.get("n", 0) - beyond
    return {**line, "s": first - 1, "n": left} if left > 0 else None


def _last_line(path: Path) -> Line | None:
    """The last line; `None` where the file has none or it is damaged."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    lines = parsed(data[data.rfind(b"\n", 0, -1) + 1 :])
    return lines[0] if lines else None


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
