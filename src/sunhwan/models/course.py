"""How far a training has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sunhwan.callbacks import CallbackList

from .fingerprint import LEARNING_RATE, difference, model_marks
from .training_state import restore_training, training_state


@dataclass
class Course:
    """The place of a running `fit`, from which another `fit` can go on.

    Args:
        model: what is trained.
        watchers: what is told of it.
        data_marks: gives what tells the data from other data, see `fingerprint`.
        epoch: the running epoch, or the next one.

    Attributes:
        batch: how many batches of the epoch are done; 0 between two epochs.
        taken: how many are done since training began.
        first_step: how many steps the optimizer had done when the epoch began.
        began: how many it had done when training began.
        logs: of the last batch.
    """

    model: Any
    watchers: CallbackList
    data_marks: Callable[[], dict[str, str]]
    epoch: int
    batch: int = 0
    taken: int = 0
    first_step: int = 0
    began: int = 0
    logs: dict[str, Any] = field(default_factory=dict)
    _marks: dict[str, str] = field(default_factory=dict)
    _inside: dict[str, Any] | None = None  # the state from which an epoch is gone on with

    def begin(self) -> None:
        """Tell the watchers that training begins, or goes on from the newest checkpoint."""
        self.began = int(self.model.optimizer.iterations)
        keeper = self.watchers.keeper
        if keeper is None:
            self.watchers.on_train_begin()
            return
        self._marks = {**model_marks(self.model), **self.data_marks()}
        state = keeper.restore(self._marks_differ)
        if state is None:
            self.watchers.on_train_begin()
            return
        for name in ("epoch", "batch", "taken", "first_step", "logs"):
            setattr(self, name, state[name])
        self.began, self._marks = state["began"], state["marks"]
        self._put_back(state)
        self.watchers.resume(state["callbacks"])
        self._inside = state if self.batch else None

    def epochs(self, last: int) -> Iterator[int]:
        """The epochs that are left; each begins with the iteration."""
        stopped = self.taken and self.model.stop_training and not self.batch
        for epoch in range(self.epoch, last if not stopped else 0):
            if not self.batch:
                self.epoch, self.logs = epoch, {}
                self.first_step = int(self.model.optimizer.iterations)
                self.model.reset_metrics()
            self.watchers.on_epoch_begin(epoch)
            if self._inside is not None:  # to begin an epoch may change things
                self._put_back(self._inside)
                self.watchers.go_on(self._inside["callbacks"], self.batch)
                self._inside = None
            yield epoch

    def batch_done(self, logs: dict[str, Any]) -> None:
        """Count a batch, whose values are `logs`."""
        self.batch += 1
        self.taken += 1
        self.logs = logs

    def epoch_done(self) -> None:
        """Stand before the next epoch."""
        self.epoch, self.batch, self.logs = self.epoch + 1, 0, {}

    def state(self) -> dict[str, Any]:
        """All that another `fit` needs to go on from here, as plain data."""
        if self.model.watching is not None:
            self.model.watching.report()  # so that the watchers' states are those of this step
        state: dict[str, Any] = {
            "epoch": self.epoch,
            "batch": self.batch,
            "taken": self.taken,
            "first_step": self.first_step,
            "logs": self.logs,
            "stop_training": bool(self.model.stop_training),
            "marks": self._marks,
            "began": self.began,
            "model": training_state(self.model),
            "callbacks": self.watchers.states(),
        }
        if self.batch:
            state["measures"] = self.model._measures.get_state()
        return state

    def _marks_differ(self, state: dict[str, Any]) -> str | None:
        """In words, in what a state's training differs from this one."""
        was, now, began = state["marks"], self._marks, self.began
        if began < state["began"]:
            return (
                f"the number of the optimizer's steps before it: {state['began']} there, {began} "
                "here (each `fit` of a program needs a folder of its own)"
            )
        if began > state["began"]:  # the same model, whose learning rate may have moved on
            was, now = ({**marks, LEARNING_RATE: ""} for marks in (was, now))
        return difference(was, now)

    def _put_back(self, state: dict[str, Any]) -> None:
        restore_training(self.model, state["model"])
        self.model.stop_training = state["stop_training"]
        self.model.reset_metrics()
        if "measures" in state:
            self.model._measures.set_state(state["measures"])
