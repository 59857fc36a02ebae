"""Stop when the loss is no number."""

from __future__ import annotations

import math
from typing import Any

from sunhwan._engine.arguments import check_flag

from .callback import Callback


class TerminateOnNaN(Callback):
    """Stop training when the loss is NaN or infinite.

    Args:
        raise_error: whether to raise `RuntimeError` rather than to stop.

    >>> guard = TerminateOnNaN()
    """

    def __init__(self, raise_error: bool = False) -> None:
        super().__init__()
        self.raise_error = check_flag("raise_error", raise_error)

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """Look at the loss."""
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(float(loss)):
            return
        message = f"Batch {batch}: invalid loss {float(loss)}"
        if self.raise_error:
            raise RuntimeError(message)
        print(f"{message}, terminating training")
        self.model.stop_training = True
