"""Save the model while it trains."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from sunhwan._engine.arguments import check_flag, check_number, check_path

from .callback import Callback
from .monitor import Monitor


class ModelCheckpoint(Callback):
    """Save the model, or its weights, after each epoch or every so many batches.

    Args:
        filepath: where to, ending in `.safetensors`; may hold `{epoch}`, counted from 1, and names
            of values: `"best-{epoch:02d}-{val_loss:.3f}.safetensors"`.
        monitor: which value tells the best, default `"val_loss"`.
        verbose: 1 says what was saved.
        save_best_only: whether to save only when the value is better than ever.
        save_weights_only: whether to save the weights alone.
        mode: `"min"`, `"max"`, or `"auto"`: by the name of the value.
        save_freq: `"epoch"`, or a number of batches.
        initial_value_threshold: a value that must be improved on to be saved at all.

    Raises:
        ValueError: the name ends in something else, or `save_freq` is neither.

    >>> keep = ModelCheckpoint("best.safetensors", save_best_only=True)
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: Any = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__()
        self.filepath = str(check_path("filepath", filepath))
        if not self.filepath.endswith(".safetensors"):
            from sunhwan.models.model_file import wrong_ending

            raise ValueError(f"filepath of ModelCheckpoint {wrong_ending(self.filepath)}")
        if save_freq != "epoch" and not (isinstance(save_freq, int) and save_freq > 0):
            raise ValueError(f"save_freq must be 'epoch' or a positive integer, got {save_freq!r}")
        self.monitor = monitor
        self.verbose = verbose
        self.save_best_only = check_flag("save_best_only", save_best_only)
        self.save_weights_only = check_flag("save_weights_only", save_weights_only)
        self.mode = mode
        self.save_freq = save_freq
        self._watch = Monitor(monitor, mode, 0.0, "ModelCheckpoint")
        self.initial_value_threshold = initial_value_threshold
        self.best = self._watch.worst
        if initial_value_threshold is not None:
            self.best = check_number("initial_value_threshold", initial_value_threshold)
        self._batches = 0
        self._epoch = 0

    def get_state(self) -> dict[str, Any]:
        """The best so far, and what is counted."""
        return {"best": self.best, "batches": self._batches, "epoch": self._epoch}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from there."""
        self.best, self._batches, self._epoch = state["best"], state["batches"], state["epoch"]

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Remember the epoch."""
        self._epoch = epoch

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """Save, where batches are counted."""
        self._batches += 1
        if self.save_freq != "epoch" and self._batches % int(self.save_freq) == 0:
            self._save(self._epoch, logs, batch)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Save, where epochs are."""
        if self.save_freq == "epoch":
            self._save(epoch, logs, None)

    def _save(self, epoch: int, logs: Any, batch: int | None) -> None:
        logs = logs or {}
        if self.save_best_only:
            value = self._watch.read(logs)
            if value is None:
                return
            if not self._watch.improves(value, self.best):
                self._say(epoch, f"{self.monitor} did not improve from {self.best:.5f}")
                return
            was = "None" if np.isinf(self.best) else f"{self.best:.5f}"
            self.best = value
            reason = f"{self.monitor} improved from {was} to {value:.5f}, "
        else:
            reason = ""
        path = self._path(epoch, logs, batch)
        self._say(epoch, f"{reason}saving model to {path}")
        if self.save_weights_only:
            self.model.save_weights(path)
        else:
            self.model.save(path)

    def _path(self, epoch: int, logs: Any, batch: int | None) -> str:
        names = {"epoch": epoch + 1, **({} if batch is None else {"batch": batch + 1}), **logs}
        try:
            return self.filepath.format(**names)
        except KeyError as missing:
            raise ValueError(
                f"filepath {self.filepath!r} names {missing}, which is not there; there are: "
                f"{', '.join(names)}"
            ) from None

    def _say(self, epoch: int, words: str) -> None:
        if self.verbose:
            print(f"\nEpoch {epoch + 1}: {words}")
