"""The record of one training, written to a folder."""

from __future__ import annotations

import itertools
import json
import re
from datetime import datetime, timezone
from pathlib import Path
from time import time
from typing import Any

from sunhwan.watching import Message, Snapshot, Steps

from .control import take_asked
from .lines import Line, Lines
from .process import this_process
from .told import histograms_line, merge_steps, short, snapshot_line, steps_lines

FORMAT = 1
HEAD, END = "run.json", "end.json"
# The kinds of lines, and what their files grow to: in all below 12 MB.
MOST_BYTES = {
    "steps": 1 << 20,
    "epochs": 1 << 20,
    "snapshots": 4 << 20,
    "histograms": 4 << 20,
    "messages": 1 << 19,
}
EPOCH_PAUSE = 0.1  # seconds from one writing of epochs to the next, at least
HISTOGRAM_PAUSE = 1.0  # seconds from a line of histograms to the next, at least


class Record:
    """Writes what happens in a training.

    A training that goes on where the record of this name ends is added to it (steps that it does
    again take the place of those that were lost); any other gets a folder of its own.

    Args:
        folder: the folder of all runs.
        name: of the run; with `_2` and so on where that is taken.
        first: number of the training's first step.
        facts: what is trained, and how; JSON. `facts["model"]` is its graph.

    Attributes:
        folder: the run's.
    """

    def __init__(self, folder: Path, name: str, first: int, facts: dict[str, Any]) -> None:
        earlier = _newest(folder, name) if first else None
        if earlier is not None and read_head(earlier).get("model") == facts.get("model"):
            self.folder = earlier
        else:
            self.folder = _made(folder, name)
        take_asked(self.folder)  # what was asked of a training that is over
        (self.folder / END).unlink(missing_ok=True)
        self._files = {kind: _open(self.folder, kind) for kind in MOST_BYTES}
        if self.folder == earlier:
            for file in self._files.values():
                file.keep(lambda line: line.get("s", 0) < first)
        self._histogram_time, self._epoch_time = 0.0, 0.0
        self._epochs: list[Line] = []  # that are not written yet
        self._last = first
        head = {
            "format": FORMAT,
            "name": self.folder.name,
            "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "process": this_process(),
            **facts,
        }
        _write(self.folder / HEAD, head)

    def steps(self, steps: Steps) -> None:
        """Record some steps, and the epochs before."""
        self._write_epochs()
        for line in steps_lines(steps):
            self._last = line["s"]
            self._files["steps"].append(line)

    def snapshot(self, snapshot: Snapshot, histograms: bool) -> None:
        """Record a snapshot."""
        self._files["snapshots"].append(snapshot_line(snapshot))
        now = time()
        if histograms and now >= self._histogram_time + HISTOGRAM_PAUSE:
            self._histogram_time = now
            self._files["histograms"].append(histograms_line(snapshot))

    def epoch(self, number: int, last: int, logs: dict[str, Any]) -> None:
        """Record what an epoch gave that ended with the step `last`."""
        self._last = last
        plain = {name: short(float(value)) for name, value in logs.items()}
        self._epochs.append(self._line({"e": number, "logs": plain}))
        if time() >= self._epoch_time + EPOCH_PAUSE:
            self._write_epochs()

    def _write_epochs(self) -> None:
        self._epoch_time = time()
        for line in self._epochs:
            self._files["epochs"].append(line)
        self._epochs = []

    def message(self, message: Message) -> None:
        """Record what somebody had to say."""
        line = {
            "name": message.name,
            "words": dict(message.words),
            "layer": message.layer,
            "level": message.level,
        }
        self._files["messages"].append(self._line(line))

    def end(self, state: str, error: str | None = None) -> None:
        """Say how it ended: `"finished"`, `"stopped"`, `"interrupted"` or `"failed"`."""
        self._write_epochs()
        for file in self._files.values():
            file.close()
        _write(self.folder / END, {"state": state, "error": error, "t": round(time(), 3)})

    def _line(self, line: Line) -> Line:
        return {"s": self._last, "t": round(time(), 3), **line}


def check_name(name: Any) -> str:
    """A run's name, if a folder may be called so.

    Raises:
        ValueError: it is empty, too long or has letters that a folder's name should not have.
    """
    if not is_name(name):
        raise ValueError(
            "name must begin with a letter or digit and have at most 100 letters, digits, spaces "
            f"and '_.()+=,-', got {name!r}"
        )
    return name


def is_name(name: Any) -> bool:
    """Whether a run may be called so."""
    return isinstance(name, str) and re.fullmatch(r"\w[\w .()+=,-]{0,99}", name) is not None


def fresh_name() -> str:
    """A name for a run that has none: when it began."""
    return datetime.now().strftime("%Y-%m-%d_%H-%M-%S")


def _newest(folder: Path, name: str) -> Path | None:
    """The last of the runs `name`, `name_2` and so on."""
    found, number = None, 1
    while (place := folder / _numbered(name, number)).exists():
        found, number = place, number + 1
    return found


def _made(folder: Path, name: str) -> Path:
    """A folder of that name, or with a number behind it, that was not there."""
    for number in itertools.count(1):
        place = folder / _numbered(name, number)
        try:
            place.mkdir(parents=True)
        except FileExistsError:
            continue
        return place
    raise AssertionError


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}_{number}"


def read_head(place: Path) -> dict[str, Any]:
    """What the record in a folder says that it is of; empty where it says nothing."""
    try:
        head = json.loads((place / HEAD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return head if isinstance(head, dict) else {}


def _open(place: Path, kind: str) -> Lines:
    path = place / f"{kind}.jsonl"
    if kind == "steps":
        return Lines(path, MOST_BYTES[kind], merge_steps)
    return Lines(path, MOST_BYTES[kind])


def _write(path: Path, thing: dict[str, Any]) -> None:
    """Write a JSON file beside and move it there."""
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(thing, ensure_ascii=False, indent=1), encoding="utf-8")
    beside.replace(path)
