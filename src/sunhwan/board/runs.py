"""The runs in a folder, read while they are written."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from .lines import Line, parsed
from .pictures import stamps
from .process import is_alive
from .record import END, HEAD, MOST_BYTES, is_name, read_head

MOST_LINES = 600  # of a kind, that a page is sent when it opens


class Runs:
    """What is recorded in a folder.

    Args:
        folder: it may be missing as yet.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def names(self) -> list[str]:
        """The runs, the newest first."""
        try:
            places = [place for place in self.folder.iterdir() if self._is_run(place)]
        except OSError:
            return []
        heads = {place.name: str(read_head(place).get("created", "")) for place in places}
        return sorted(heads, key=lambda name: (heads[name], name), reverse=True)

    def place(self, name: str) -> Path | None:
        """The folder of a run; `None` where none has that name."""
        place = self.folder / name
        return place if place.name == name and self._is_run(place) else None

    def _is_run(self, place: Path) -> bool:
        """Whether a place is a folder here, and no link to elsewhere, with a record in it."""
        if place.parent != self.folder or not is_name(place.name):
            return False
        return not place.is_symlink() and (place / HEAD).is_file()

    def facts(self, name: str) -> dict[str, Any] | None:
        """The head of a run's record and its `state`: `"running"` or as `Record.end` says."""
        place = self.place(name)
        if place is None:
            return None
        head = read_head(place)
        process = head.pop("process", None) or {}
        try:
            end = json.loads((place / END).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            alive = is_alive(process, _last_sign(place))
            end = {"state": "running" if alive else "lost"}
        said = {"state": end.get("state"), "error": end.get("error"), "pictures": stamps(place)}
        return {**head, "name": name, **said}


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


def _last_sign(place: Path) -> float:
    """When something was last written, in seconds since 1970."""
    times = [0.0]
    for kind in MOST_BYTES:
        path = place / f"{kind}.jsonl"
        if path.exists():
            times.append(path.stat().st_mtime)
    return max(times)
