"""Lower the learning rate when training stands still."""

from __future__ import annotations

from typing import Any

from sunhwan._engine.arguments import check_count, check_not_negative, check_number

from .callback import Callback
from .monitor import Monitor


class ReduceLROnPlateau(Callback):
    """Multiply the learning rate by `factor` when a value has not improved for `patience` epochs.

    Args:
        monitor: which value, default `"val_loss"`.
        factor: below 1; the learning rate is multiplied by it.
        patience: epochs without improvement before that.
        verbose: 1 says when.
        mode: `"min"`, `"max"`, or `"auto"`: by the name of the value.
        min_delta: a smaller change is no improvement.
        cooldown: epochs after a reduction in which none are counted.
        min_lr: the learning rate never goes below it.

    Raises:
        ValueError: `factor` is not below 1.

    The learning rate is recorded in the history as `learning_rate`.

    >>> ReduceLROnPlateau(factor=0.5, patience=3).factor
    0.5
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__()
        self.monitor = monitor
        self.factor = check_number(
            "factor", factor, "a number of at least 0 and below 1", lambda number: 0 <= number < 1
        )
        self.patience = check_count("patience", patience, least=0)
        self.verbose = verbose
        self.mode = mode
        self.min_delta = check_number("min_delta", min_delta)
        self.cooldown = check_count("cooldown", cooldown, least=0)
        self.min_lr = check_not_negative("min_lr", min_lr)
        self._watch = Monitor(monitor, mode, min_delta, "ReduceLROnPlateau")
        self.on_train_begin()

    def on_train_begin(self, logs: Any = None) -> None:
        """Start to watch anew."""
        self.best = self._watch.worst
        self.wait = 0
        self.cooldown_counter = 0

    def get_state(self) -> dict[str, Any]:
        """The best so far, and for how long."""
        return {"best": self.best, "wait": self.wait, "cooldown_counter": self.cooldown_counter}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on watching."""
        self.best, self.wait = state["best"], state["wait"]
        self.cooldown_counter = state["cooldown_counter"]

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Compare the epoch's value with the best."""
        logs = {} if logs is None else logs
        rate = float(self.model.optimizer.learning_rate)
        logs["learning_rate"] = rate
        value = self._watch.read(logs)
        if value is None:
            return
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.wait = 0
        if self._watch.improves(value, self.best):
            self.best, self.wait = value, 0
        elif self.cooldown_counter <= 0:
            self.wait += 1
            if self.wait >= self.patience and rate > self.min_lr:
                rate = max(rate * self.factor, self.min_lr)
                self.model.optimizer.learning_rate = rate
                self.cooldown_counter, self.wait = self.cooldown, 0
                if self.verbose:
                    print(
                        f"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {rate}."
                    )
