"""The record of one training, written to a folder."""

from __future__ import annotations

import itertools
import json
import re
from contextlib import ExitStack, suppress
from datetime import datetime, timezone
from pathlib import Path
from time import time
from typing import Any

from sunhwan.watching import Message, Snapshot, Steps

from .control import take_asked
from .lines import Lines
from .process import is_alive, this_process
from .told import epoch_line, histograms_line, merge_steps, snapshot_line, steps_lines

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
        held: what `state` was of the record in which this training goes on, where that is certain;
            else it goes on in one of that name that is over, and of the same model.

    Attributes:
        folder: the run's.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        first: int,
        facts: dict[str, Any],
        held: dict[str, Any] | None = None,
    ) -> None:
        held = held if first else None
        earlier = _earlier(folder, name, facts, held) if first else None
        self.folder = _made(folder, name) if earlier is None else earlier
        take_asked(self.folder)  # what was asked of a training that is over
        (self.folder / END).unlink(missing_ok=True)
        self._files = {kind: _open(self.folder, kind) for kind in MOST_BYTES}
        if earlier is not None:
            for kind, file in self._files.items():
                file.go_on(first, *((held["t"], held["lines"][kind]) if held else ()))
        self._histogram_time, self._epoch_time = 0.0, 0.0
        self._epochs: list[tuple[int, int, float, dict[str, Any]]] = []  # not written yet
        self._last, self._ended, self._clock = first, False, 0.0
        self._head = {
            "format": FORMAT,
            "name": self.folder.name,
            "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "process": this_process(),
        }
        self.describe(facts)

    def describe(self, facts: dict[str, Any]) -> None:
        """Say what is trained, where it was not known at the beginning."""
        _write(self.folder / HEAD, {**self._head, **facts})

    def steps(self, steps: Steps) -> None:
        """Record some steps, and the epochs before."""
        self._write_epochs()
        lines = steps_lines(steps)
        self._last = lines[-1]["s"]
        self._files["steps"].append(*lines)

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
        now = self._now()
        self._epochs.append((number, last, now, dict(logs)))
        if now >= self._epoch_time + EPOCH_PAUSE:
            self._write_epochs()

    def _write_epochs(self) -> None:
        epochs, self._epochs, self._epoch_time = self._epochs, [], time()
        self._files["epochs"].append(*(epoch_line(*epoch) for epoch in epochs))

    def message(self, message: Message) -> None:
        """Record what somebody had to say, perhaps after the end."""
        line = {
            "name": message.name,
            "words": dict(message.words),
            "layer": message.layer,
            "level": message.level,
        }
        self._files["messages"].append({"s": self._last, "t": self._now(), **line})
        if self._ended:
            self._files["messages"].close()

    def state(self) -> dict[str, Any]:
        """What another process needs to go on in this record from the next step, as plain data."""
        self._write_epochs()
        lines = {kind: file.state for kind, file in self._files.items()}
        for kind in ("snapshots", "histograms"):  # large, and one more or less is not missed
            lines[kind] = [lines[kind][0], 0, None]
        return {"run": self.folder.name, "lines": lines, "t": self._now()}

    def _now(self) -> float:
        """The time, in microseconds, later than before: it tells what was before a state."""
        self._clock = round(max(time(), self._clock + 1e-6), 6)
        return self._clock

    def end(self, state: str, error: str | None = None) -> None:
        """Say how it ended: `"finished"`, `"stopped"`, `"interrupted"` or `"failed"`."""
        with ExitStack() as stack:
            stack.callback(_write, self.folder / END, {"state": state, "error": error, "t": time()})
            for file in self._files.values():
                stack.callback(file.close)
            self._ended = True
            self._write_epochs()


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


def is_running(place: Path, head: dict[str, Any]) -> bool:
    """Whether the process of a record without an end is, as far as one can tell, still there."""
    process = head.get("process")
    return is_alive(process if isinstance(process, dict) else {}, _last_sign(place))


def _last_sign(place: Path) -> float:
    """When something was last written, in seconds since 1970."""
    times = [0.0]
    for name in (HEAD, *(f"{kind}.jsonl" for kind in MOST_BYTES)):
        with suppress(OSError):
            times.append((place / name).stat().st_mtime)
    return max(times)


def _earlier(
    folder: Path, name: str, facts: dict[str, Any], held: dict[str, Any] | None
) -> Path | None:
    """The run in which a training goes on; `None` where there is none."""
    place = folder / check_name(held["run"]) if held else _newest(folder, name)
    head = {} if place is None else read_head(place)
    if place is None or head.get("format") != FORMAT:
        return None
    if held:
        return place
    over = (place / END).exists() or not is_running(place, head)
    return place if over and head.get("model") == facts.get("model") else None


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
    return read_json(place / HEAD)


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in a file; an empty one where there is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


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
