"""The event files of one training, which may go on in another process."""

from __future__ import annotations

import itertools
import os
import socket
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from time import time
from typing import Any

from .events import EventFile

RUNS = ("train", "validation")  # the folders, which TensorBoard takes for runs
_numbers = itertools.count()


class EventFiles:
    """Writes the events of a training into a file for each run, made at its first event.

    The name of a file begins with that of the training. So a process that goes on with a training
    from a checkpoint finds what the one that was killed wrote behind it, and takes it away; what it
    writes itself goes into files of its own, as TensorBoard may have read the others further.

    Args:
        folder: of the runs' folders.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        own = f"{int(time()):010d}.{socket.gethostname()}.{os.getpid()}.{next(_numbers)}"
        self._training = f"events.out.tfevents.{own}.v2"
        self._own = ""  # what the names of this process's files end with
        self._restart: int | None = None
        self._files: dict[str, EventFile] = {}

    def write(self, run: str, step: int, values: Iterable[bytes]) -> None:
        """Write an event of a run: the values, by `scalar` or `histogram`, of a step."""
        if run not in self._files:
            path = self._folder / run / f"{self._training}{self._own}"
            self._files[run] = EventFile(path, restart=self._restart)
        self._files[run].write(step, values)

    @property
    def state(self) -> dict[str, Any]:
        """What another process needs to go on from here: the files and their sizes."""
        sizes = {run: {path.name: path.stat().st_size for path in self._of(run)} for run in RUNS}
        return {"training": self._training, "sizes": sizes}

    def go_on(self, state: dict[str, Any], step: int) -> None:
        """Go on with a training from where its files had a state.

        Args:
            state: what `state` was.
            step: the first step that will be written again.
        """
        self.close()
        self._training, self._own, self._restart = state["training"], f".{time():.6f}", step
        for run in RUNS:
            for path in self._of(run):
                size = state["sizes"][run].get(path.name, 0)
                with suppress(OSError):  # on Windows, while TensorBoard reads
                    if not size:
                        path.unlink()
                    elif path.stat().st_size > size:
                        os.truncate(path, size)

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()
        self._files = {}

    def _of(self, run: str) -> list[Path]:
        """The files of the training, by whichever process."""
        try:
            found = list((self._folder / run).iterdir())
        except OSError:
            return []
        return [path for path in found if path.name.startswith(self._training)]
