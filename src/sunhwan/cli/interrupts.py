"""Ctrl-C between two batches, not in the middle of one."""

from __future__ import annotations

import signal
import threading
from types import TracebackType
from typing import Any

from sunhwan.callbacks import Callback


class Interrupts(Callback):
    """While entered, makes the first Ctrl-C end training after the running batch.

    It is also the callback that asks between batches. The second Ctrl-C acts at once.

    Raises:
        KeyboardInterrupt: from between two batches, when Ctrl-C was pressed.
    """

    def __init__(self) -> None:
        super().__init__()
        self._asked = False
        self._before: Any = None

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None
        if kind is None:
            self._check()

    def _ask(self, number: int, frame: Any) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True

    def _check(self) -> None:
        if self._asked:
            self._asked = False
            raise KeyboardInterrupt

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Stop here if asked."""
        self._check()

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """Stop here if asked."""
        self._check()

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        """Stop here if asked."""
        self._check()
