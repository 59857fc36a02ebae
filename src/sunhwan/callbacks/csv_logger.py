"""The history as a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from sunhwan._engine.arguments import check_flag, check_path

from .callback import Callback


class CSVLogger(Callback):
    """Write each epoch's values as a line of a table, at once.

    Args:
        filename: the file.
        separator: what stands between two values, default `","`.
        append: whether lines are added to a file that exists, rather than in its place.

    The columns are `epoch`, from 0, and the names of the first epoch's values in alphabetical
    order; what a later epoch lacks is `NA`.

    >>> log = CSVLogger("training.csv")
    """

    def __init__(
        self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False
    ) -> None:
        super().__init__()
        self.filename = str(check_path("filename", filename))
        if not isinstance(separator, str) or len(separator) != 1:
            raise ValueError(f"separator must be one character, got {separator!r}")
        self.separator = separator
        self.append = check_flag("append", append)
        self.keys: list[str] | None = None
        self._with_header = True

    def on_train_begin(self, logs: Any = None) -> None:
        """Begin the file, or look at the columns of the one that is there."""
        import csv

        path = Path(self.filename)
        self.keys = None
        self._with_header = True
        if self.append and path.exists() and path.stat().st_size:
            with path.open(newline="") as existing:
                header = next(csv.reader(existing, delimiter=self.separator))
            self.keys, self._with_header = header[1:], False
        path.open("a" if self.append else "w").close()

    def get_state(self) -> dict[str, Any]:
        """The columns, and how long the file is."""
        length = Path(self.filename).stat().st_size
        return {"keys": self.keys, "with_header": self._with_header, "length": length}

    def set_state(self, state: dict[str, Any]) -> None:
        """Drop the lines of epochs that will be trained again."""
        self.keys, self._with_header = state["keys"], state["with_header"]
        path = Path(self.filename)
        if not path.exists():
            self._with_header = True
        elif path.stat().st_size > state["length"]:
            os.truncate(path, state["length"])

    def resume(self, state: dict[str, Any]) -> None:
        """Go on with the file that is there."""
        self.set_state(state)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Write the epoch's line."""
        import csv

        logs = logs or {}
        if self.keys is None:
            self.keys = sorted(logs)
            if not any(name.startswith("val_") for name in self.keys):
                self.keys += [f"val_{name}" for name in self.keys if name != "learning_rate"]
        values = [_plain(logs[name]) if name in logs else "NA" for name in self.keys]
        with Path(self.filename).open("a", newline="") as file:
            writer = csv.writer(file, delimiter=self.separator, lineterminator="\n")
            if self._with_header:
                writer.writerow(["epoch", *self.keys])
                self._with_header = False
            writer.writerow([epoch, *values])


def _plain(value: Any) -> Any:
    return float(value) if np.ndim(value) == 0 else np.asarray(value).tolist()
