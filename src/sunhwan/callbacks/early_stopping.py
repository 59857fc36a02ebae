"""Stop training when it no longer helps."""

from __future__ import annotations

from typing import Any

from sunhwan._engine.arguments import check_count, check_flag, check_number

from .callback import Callback
from .monitor import Monitor

_REMEMBERED = ("wait", "stopped_epoch", "best_epoch", "best", "best_weights")


class EarlyStopping(Callback):
    """Stop when a watched value has not improved for `patience` epochs.

    Args:
        monitor: which value, default `"val_loss"`.
        min_delta: a smaller change is no improvement.
        patience: epochs without improvement before training stops.
        verbose: 1 says when it stops.
        mode: `"min"`, `"max"`, or `"auto"`: by the name of the value.
        baseline: a value that must be improved on before patience starts anew.
        restore_best_weights: whether the weights of the best epoch are put back at the end of
            training, however it ended.
        start_from_epoch: epochs before which nothing is watched.

    Attributes:
        stopped_epoch: the epoch, from 0, at whose end training stopped; 0 if it did not.
        best, best_epoch: the best value and its epoch.

    >>> EarlyStopping(monitor="val_loss", patience=2, restore_best_weights=True).patience
    2
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__()
        self.monitor = monitor
        self.min_delta = check_number("min_delta", min_delta)
        self.patience = check_count("patience", patience, least=0)
        self.verbose = verbose
        self.mode = mode
        self.baseline = None if baseline is None else check_number("baseline", baseline)
        self.restore_best_weights = check_flag("restore_best_weights", restore_best_weights)
        self.start_from_epoch = check_count("start_from_epoch", start_from_epoch, least=0)
        self._watch = Monitor(monitor, mode, min_delta, "EarlyStopping")
        self.on_train_begin()

    def on_train_begin(self, logs: Any = None) -> None:
        """Start to watch anew."""
        self.wait = 0
        self.stopped_epoch = 0
        self.best_epoch = 0
        self.best = self._watch.worst
        self.best_weights: Any = None

    def get_state(self) -> dict[str, Any]:
        """The best so far, and for how long."""
        return {name: getattr(self, name) for name in _REMEMBERED}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on watching."""
        for name in _REMEMBERED:
            setattr(self, name, state[name])

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Compare the epoch's value with the best."""
        value = self._watch.read(logs)
        if value is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self.best_weights, self.best_epoch = self.model.get_weights(), epoch
        self.wait += 1
        if self._watch.improves(value, self.best):
            self.best, self.best_epoch = value, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.baseline is None or self._watch.improves(value, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Any = None) -> None:
        """Put the best weights back."""
        if self.stopped_epoch and self.verbose:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.restore_best_weights and self.best_weights is not None:
            if self.verbose:
                print(
                    "Restoring model weights from the end of the best epoch: "
                    f"{self.best_epoch + 1}."
                )
            self.model.set_weights(self.best_weights)
