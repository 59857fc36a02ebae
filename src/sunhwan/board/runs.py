"""The runs in a folder, read while they are written."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Any

from .lines import Line, parsed
from .pictures import FOLDER, stamps
from .record import END, FORMAT, HEAD, is_name, is_running, read_head, read_json

MOST_LINES = 600  # of a kind, that a page is sent when it opens
SETTLED = 2.0  # seconds after which a change of a folder shows in its time for certain


@dataclass(frozen=True)
class _Seen:
    """What was read of a run when its folder had the times `stamp`."""

    stamp: tuple[int, int]
    head: dict[str, Any]
    end: dict[str, Any]
    pictures: dict[str, int]

    @property
    def is_newer(self) -> bool:
        """Whether the record is one that only a later version can read."""
        return self.head.get("format", FORMAT) != FORMAT


class Runs:
    """What is recorded in a folder.

    What does not change is read once: a folder may hold thousands of runs.

    Args:
        folder: it may be missing as yet.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._seen: dict[str, _Seen] = {}

    def names(self) -> list[str]:
        """The runs, the newest first."""
        found = {name: self._look(name) for name in self._folders()}
        begun = {name: str(seen.head.get("created", "")) for name, seen in found.items() if seen}
        return sorted(begun, key=lambda name: (begun[name], name), reverse=True)

    def place(self, name: str) -> Path | None:
        """The folder of a run that can be read; `None` where none has that name."""
        if not is_name(name) or (self.folder / name).is_symlink():
            return None
        seen = self._look(name)
        return None if seen is None or seen.is_newer else self.folder / name

    def facts(self, name: str, whole: bool = True) -> dict[str, Any] | None:
        """What is known of a run; its `state` is `"running"` or as `Record.end` says.

        Args:
            name: of the run.
            whole: whether the head of its record and its pictures are among it.
        """
        seen = self._look(name) if is_name(name) else None
        if seen is None:
            return None
        if seen.is_newer:
            return {"name": name, "state": "newer", "error": None}
        state = seen.end.get("state")
        if not state:
            state = "running" if is_running(self.folder / name, seen.head) else "lost"
        said = {"name": name, "state": state, "error": seen.end.get("error")}
        if not whole:
            return said
        head = {key: value for key, value in seen.head.items() if key != "process"}
        return {**head, **said, "pictures": seen.pictures}

    def listed(self, wanted: Collection[str]) -> list[dict[str, Any]]:
        """The facts of all runs, the newest first; whole are those of the wanted."""
        found = [self.facts(name, name in wanted) for name in self.names()]
        return [facts for facts in found if facts is not None]

    def _folders(self) -> list[str]:
        """The folders here that may be runs; no links to elsewhere."""
        try:
            with os.scandir(self.folder) as entries:
                folders = [one.name for one in entries if one.is_dir(follow_symlinks=False)]
        except OSError:
            return []
        return [name for name in folders if is_name(name)]

    def _look(self, name: str) -> _Seen | None:
        place = f"{self.folder}{os.sep}{name}"
        stamp = _changed(place), _changed(f"{place}{os.sep}{FOLDER}")
        seen = self._seen.get(name)
        if seen is not None and seen.stamp == stamp:
            return seen
        self._seen.pop(name, None)
        folder = Path(place)
        if not (folder / HEAD).is_file():
            return None
        seen = _Seen(stamp, read_head(folder), read_json(folder / END), stamps(folder))
        if time() - max(stamp) / 1e9 > SETTLED:
            self._seen[name] = seen
        return seen


def _changed(path: str) -> int:
    """When a folder was changed, in nanoseconds; 0 where it is missing."""
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


class Followed:
    """One file of lines, followed from its beginning.

    Args:
        place: the run's folder.
        kind: of the lines.
    """

    def __init__(self, place: Path, kind: str) -> None:
        self.kind = kind
        self._path = place / f"{kind}.jsonl"
        self._file: int | None = None  # which one it is: another one takes its place
        self._read = 0

    def news(self) -> tuple[bool, list[Line]]:
        """Whether all that was read before is to be forgotten, and the lines since."""
        try:
            with self._path.open("rb") as file:
                status = os.fstat(file.fileno())
                again = self._file is not None and (
                    status.st_ino != self._file or status.st_size < self._read
                )
                if again or self._file is None:
                    self._file, self._read = status.st_ino, 0
                file.seek(self._read)
                data = file.read()
        except OSError:
            return False, []
        end = data.rfind(b"\n") + 1
        self._read += end
        return again, parsed(data[:end])


def thinned(lines: list[Line], most: int = MOST_LINES) -> list[Line]:
    """At most `most` of the lines, evenly chosen, the last among them."""
    if len(lines) <= most:
        return lines
    return [lines[(number + 1) * len(lines) // most - 1] for number in range(most)]


def histograms(place: Path, parameter: str, most: int = 60) -> list[dict[str, Any]]:
    """The histograms of one parameter: `{"s", "value", "gradient", "update"}` each."""
    lines = Followed(place, "histograms").news()[1]
    return [
        {"s": line["s"], **line["parameters"][parameter]}
        for line in thinned(lines, most)
        if parameter in line.get("parameters", {})
    ]
