"""What is seen while a model trains: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from sunhwan.callbacks import Callback

NAME_WIDTH = 14  # "SimpleRNN, 200"
PLAIN_LINES = 10  # about so many lines a model where there is no terminal
NARROW = 76  # columns; on fewer the live line leaves the measures out
WORDS = 44  # columns of the live line without bar and measures, and room for the terminal's "^C"
MEASURES = 27  # columns
SHORTEST, LONGEST = 5, 40  # columns of a bar that can be read


def make_console() -> Console:
    """The console: standard output, no colours of its own choice, lines not broken in a pipe."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.soft_wrap = True
    return console


class Display(Callback):
    """Shows one model's training.

    Args:
        console: where to.
        title: the model, and what else tells it from the others.
    """

    def __init__(self, console: Console, title: str) -> None:
        super().__init__()
        self._console = console
        self._title = title
        self._live: Progress | None = None
        self._epoch = 0

    def on_train_begin(self, logs: Any = None) -> None:
        """Begin the live line."""
        self._began = time.perf_counter()
        if not self._console.is_interactive:
            return
        wide = self._console.width >= NARROW
        room = self._console.width - WORDS - MEASURES * wide
        columns: list[Any] = [
            TextColumn("{task.description}"),
            TextColumn("epoch {task.fields[epoch]}", justify="right"),
            *([BarColumn(min(LONGEST, room))] if room >= SHORTEST else []),
            TimeRemainingColumn(compact=True),
            TextColumn("left"),
        ]
        if wide:
            columns.insert(-2, TextColumn("{task.fields[measures]}"))
        live = Progress(*columns, console=self._console, transient=True)
        epochs, steps = self.params["epochs"], self.params["steps"]
        self._bar = live.add_task(
            f"{self._title:{NAME_WIDTH}}", total=epochs * steps, epoch="", measures=""
        )
        live.start()
        self._live = live

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Show which epoch it is."""
        self._epoch = epoch
        if self._live is not None:
            epochs = str(self.params["epochs"])
            self._live.update(self._bar, epoch=f"{epoch + 1:{len(epochs)}}/{epochs}")

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Advance the bar."""
        if self._live is not None:
            self._live.advance(self._bar)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Show the epoch's values."""
        values = dict(logs or {})
        if self._live is not None:
            watched = [name for name in values if name.startswith("val_")]
            self._live.update(self._bar, measures=_shown(values, watched[-1:]))
            return
        epochs = self.params["epochs"]
        every = max(1, epochs // PLAIN_LINES)
        if (epoch + 1) % every == 0 or epoch == 0:
            self._console.print(
                f"{self._title:{NAME_WIDTH}} epoch {epoch + 1}/{epochs}, {_shown(values, values)}"
            )

    def close(self) -> None:
        """Take the live line away."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def where(self) -> str:
        """Which epoch was running."""
        return f"epoch {self._epoch + 1} of {self.params.get('epochs', '?')}"


def _shown(values: Any, names: Any) -> str:
    words = []
    for name in names:
        label = name.replace("val_", "validation ").replace("_", " ")
        words.append(f"{label} {values[name]:#.4g}")
    return ", ".join(words)
