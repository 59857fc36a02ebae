"""One line on standard error that tells how far a download is."""

from __future__ import annotations

import sys
import time
from types import TracebackType

_REFRESH = 0.1  # seconds between two writes of the line


class ProgressLine:
    """A line that is rewritten on a terminal; elsewhere, one line at the start.

    Args:
        name: of the file.
        done: bytes that were there before.
        total: bytes of the whole file, `None` if the server did not say.
    """

    def __init__(self, name: str, done: int, total: int | None) -> None:
        self.name, self.first, self.total = name, done, total
        self.begun = self.shown = time.monotonic()
        self.live = sys.stderr is not None and sys.stderr.isatty()

    def __enter__(self) -> ProgressLine:
        if not self.live and sys.stderr is not None:
            size = "" if self.total is None else f" ({self.total / 1e6:.1f} MB)"
            print(f"Downloading {self.name}{size}", file=sys.stderr)
        return self

    def show(self, done: int) -> None:
        """Rewrite the line, not too often."""
        now = time.monotonic()
        if not self.live or (now - self.shown < _REFRESH and done != self.total):
            return
        self.shown = now
        speed = (done - self.first) / max(now - self.begun, 1e-3)
        share = "" if not self.total else f" of {self.total / 1e6:.1f} MB ({done / self.total:.0%})"
        line = f"Downloading {self.name}: {done / 1e6:.1f}{share or ' MB'}, {speed / 1e6:.1f} MB/s"
        print(f"\r{line:<78}", end="", file=sys.stderr, flush=True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.live:
            print(file=sys.stderr)
