"""The progress of training, evaluation and prediction, shown to whoever waits."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from .callback import Callback


class Progress(Callback):
    """A live bar on a terminal or in a notebook; elsewhere one line an epoch.

    Args:
        verbose: 0 silent; 1 or `"auto"` a bar where output is a terminal or a notebook and else a
            line an epoch; 2 a line an epoch.
    """

    def __init__(self, verbose: Any = "auto") -> None:
        super().__init__()
        if verbose not in ("auto", 0, 1, 2):
            raise ValueError(f"verbose must be 'auto', 0, 1 or 2, got {verbose!r}")
        self.verbose = 1 if verbose == "auto" else int(verbose)
        self._bar: Any = None
        self._done = self._before = 0  # steps, and those of them that an earlier run did
        self._started = 0.0
        self._nested = False  # whether a validation runs inside an epoch

    def close(self) -> None:
        """Take the bar down."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def on_train_begin(self, logs: Any = None) -> None:
        """Remember that evaluations are validations."""
        self._nested = True

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Open the epoch's bar."""
        epochs = self.params.get("epochs") or 1
        self._title = f"Epoch {epoch + 1}/{epochs}"
        self.open(self._title)

    def go_on(self, done: int) -> None:
        """Show so many steps of the epoch as done already."""
        self._done = self._before = done
        if self._bar is not None:
            self._bar.update(done)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Advance the bar."""
        self.advance(logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Leave the epoch's line."""
        self.finish(self._title, logs)

    def on_test_begin(self, logs: Any = None) -> None:
        """Open the evaluation's bar."""
        if not self._nested:
            self.open("Evaluate")

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """Advance the bar."""
        if not self._nested:
            self.advance(logs)

    def on_test_end(self, logs: Any = None) -> None:
        """Leave the evaluation's line."""
        if not self._nested:
            self.finish("Evaluate", logs)

    def on_predict_begin(self, logs: Any = None) -> None:
        """Open the prediction's bar."""
        self.open("Predict")

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        """Advance the bar."""
        self.advance(None)

    def on_predict_end(self, logs: Any = None) -> None:
        """Leave the prediction's line."""
        self.finish("Predict", None)

    def open(self, title: str) -> None:
        """Begin a bar of `params["steps"]` steps."""
        self.close()
        self._done, self._before, self._started = 0, 0, time.perf_counter()
        if self.verbose == 1 and _is_live():
            from tqdm.auto import tqdm

            self._bar = tqdm(
                total=self.params.get("steps"),
                desc=title,
                file=sys.stdout,
                unit="step",
                leave=False,
                dynamic_ncols=True,
                mininterval=0.1,
                bar_format=(
                    "{desc} {n_fmt}/{total_fmt} |{bar:20}| {elapsed}<{remaining}{postfix}"
                    if self.params.get("steps")
                    else "{desc} {n_fmt} {elapsed}{postfix}"
                ),
            )

    def advance(self, logs: Mapping[str, Any] | None) -> None:
        """Show one more step, and values."""
        self._done += 1
        if self._bar is not None:
            words = [self._pace(), *_values(logs)]
            self._bar.set_postfix_str(" - ".join(words), refresh=False)
            self._bar.update()

    def show(self, words: str) -> None:
        """Show words beside the bar."""
        if self._bar is not None:
            self._bar.set_postfix_str(words)

    def say(self, words: str) -> None:
        """Leave a line above the bar."""
        if self._bar is not None:
            self._bar.write(words)
        elif self.verbose:
            print(words, flush=True)

    def finish(self, title: str, logs: Mapping[str, Any] | None) -> None:
        """Take the bar down and leave a line."""
        self.close()
        if not self.verbose:
            return
        steps = self.params.get("steps") or self._done
        seconds = time.perf_counter() - self._started
        words = [f"{title}: {self._done}/{steps}", f"{seconds:.1f}s", self._pace(), *_values(logs)]
        print(" - ".join(words), flush=True)

    def _pace(self) -> str:
        steps = max(1, self._done - self._before)
        milliseconds = 1e3 * (time.perf_counter() - self._started) / steps
        if milliseconds >= 10:
            return f"{milliseconds:.0f}ms/step"
        return f"{milliseconds:.1f}ms/step" if milliseconds >= 1 else f"{milliseconds:.2f}ms/step"


def _values(logs: Mapping[str, Any] | None) -> list[str]:
    return [f"{name}: {_digits(value)}" for name, value in (logs or {}).items()]


def _digits(value: Any) -> str:
    if np.ndim(value):
        return np.array2string(np.asarray(value), precision=4)
    value = float(value)
    return f"{value:.4f}" if value == 0 or abs(value) >= 1e-3 else f"{value:.4e}"


def _is_live() -> bool:
    """Whether someone watches: a terminal, or a notebook."""
    if sys.stdout is None:
        return False
    if "ipykernel" in sys.modules and type(sys.stdout).__module__.startswith("ipykernel"):
        return True
    isatty = getattr(sys.stdout, "isatty", None)
    return bool(isatty and isatty())
