"""What training calls at its turning points."""

from __future__ import annotations

from typing import Any


class Callback:
    """The base of callbacks; override what you need.

    Attributes:
        model: the model that is trained.
        params: `{"epochs", "steps", "verbose"}` of the running `fit`.

    `logs` holds the running means of the loss and the metrics, at the end of an epoch with their
    `val_` values. Epochs and batches count from 0. Setting `model.stop_training = True` ends
    training after the running batch.

    >>> class Shout(Callback):
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         print("epoch", epoch)
    """

    def __init__(self) -> None:
        self.model: Any = None
        self.params: dict[str, Any] = {}

    def set_model(self, model: Any) -> None:
        """Told before the first turning point."""
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Told before the first turning point."""
        self.params = params

    def get_state(self) -> dict[str, Any]:
        """What a checkpoint (`BackupAndRestore`) keeps of this callback.

        That is whatever it remembers from epoch to epoch: numbers, strings, arrays, and lists,
        tuples and dictionaries of these.
        """
        return {}

    def set_state(self, state: dict[str, Any]) -> None:
        """Take up what `get_state` gave; may be told twice."""

    def resume(self, state: dict[str, Any]) -> None:
        """Called in place of `on_train_begin` when `fit` goes on from a checkpoint."""
        self.on_train_begin()
        self.set_state(state)

    def on_train_begin(self, logs: Any = None) -> None:
        """Called when `fit` begins."""

    def on_train_end(self, logs: Any = None) -> None:
        """Called when `fit` has ended by itself or by `stop_training`."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Called before an epoch."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Called after an epoch and its validation."""

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Called before a training step; by default calls `on_batch_begin`."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Called after a training step; by default calls `on_batch_end`."""
        self.on_batch_end(batch, logs)

    def on_batch_begin(self, batch: int, logs: Any = None) -> None:
        """The old name of `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """The old name of `on_train_batch_end`."""

    def on_finding(self, finding: Any) -> None:
        """Called when the doctor has found something (`sunhwan.doctor`), before it warns."""

    def on_test_begin(self, logs: Any = None) -> None:
        """Called before an evaluation or validation."""

    def on_test_end(self, logs: Any = None) -> None:
        """Called after an evaluation or validation."""

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Called before a batch is evaluated."""

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """Called after a batch was evaluated."""

    def on_predict_begin(self, logs: Any = None) -> None:
        """Called before a prediction."""

    def on_predict_end(self, logs: Any = None) -> None:
        """Called after a prediction."""

    def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Called before a batch is predicted."""

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        """Called after a batch was predicted; `logs["outputs"]` are its predictions."""
