"""The doctor at the bedside of a `fit`."""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Callable
from typing import Any, final

import numpy as np

from sunhwan._engine.inputs import without_frame
from sunhwan._engine.users_line import depth_of_user
from sunhwan.callbacks.callback import Callback
from sunhwan.callbacks.callback_list import CallbackList
from sunhwan.callbacks.early_stopping import EarlyStopping
from sunhwan.callbacks.history import History
from sunhwan.callbacks.model_checkpoint import ModelCheckpoint
from sunhwan.models.data import Examples

from .autopsy import autopsy, figures
from .budget import Budget
from .evidence import Evidence
from .examination import examine
from .facts import look
from .findings import NotFinite
from .look import Looking
from .training_warning import TrainingWarning


def admitted(wish: bool | str) -> bool | str:
    """What `fit`'s argument `doctor` means where ``SUNHWAN_DOCTOR`` is 0, or "thorough"."""
    rule = os.environ.get("SUNHWAN_DOCTOR", "").strip().lower()
    if not wish or rule in ("0", "false", "off", "no"):
        return False
    return rule if rule == "thorough" else wish


@final
class Doctor(Callback):
    """Looks at a training at the end of epochs and says what is wrong, each thing once.

    As often as its `Budget` allows it looks at the first step of an epoch, and examines at the end
    of one; and at the end of the training.

    Args:
        data: what the user passed as `x`; what is trained on; what is validated on, or `None`; and
            a function from a batch's number in the epoch to its rows' numbers in `x`.
        batch_size: rows a step.
        history: where the epochs' values are; it gets the evidence.
        thorough: whether to examine, and to look at a step, in each epoch, whatever it costs.

    Attributes:
        others: the list of all callbacks, which hear of findings (`on_finding`).
    """

    others: CallbackList

    def __init__(
        self,
        data: tuple[Any, Any, Any, Callable[[int], np.ndarray]],
        batch_size: int,
        history: History,
        thorough: bool = False,
    ) -> None:
        super().__init__()
        x, source, held_out, rows = data
        self._x, self._rows = x, rows
        self._source = source if isinstance(source, Examples) else None
        self._held_out = held_out if isinstance(held_out, Examples) else None
        self._batch_size = batch_size
        self._history = history
        self._thorough = thorough
        self._told: set[str] = set()
        self._looking: Looking | None = None
        self._budget: Budget | None = None
        self._idle = 0  # epochs in which there is nothing to do
        self._passed = 0  # epochs since the last one in which there was
        self._before = 0
        self.evidence = Evidence({})

    def on_train_begin(self, logs: Any = None) -> None:
        """Begin a record."""
        self.evidence = Evidence(
            {},
            epochs=self.params.get("epochs") or 0,
            ended=False,
            keeps_best=any(_keeps_best(one) for one in self.others.callbacks),
        )
        optimizer = self.model.optimizer
        clipping = (optimizer.clipnorm, optimizer.clipvalue, optimizer.global_clipnorm)
        self.evidence.clips = any(limit is not None for limit in clipping)
        self._history.evidence = self.evidence
        self._before = self.model.optimizer.iterations

    def get_state(self) -> dict[str, Any]:
        """What was said, so that it is not said again."""
        return {"told": sorted(self._told), "steps": self.evidence.steps}

    def set_state(self, state: dict[str, Any]) -> None:
        """Take up what was said."""
        self._told, self.evidence.steps = set(state["told"]), state["steps"]
        self._before = self.model.optimizer.iterations - self.evidence.steps

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Look at a step, where the epochs since the last time were long enough."""
        if self._idle or not self.model.built:
            return
        if self.evidence.not_finite is None:  # of the stepper that there is now
            self.model.stepper().guard = self._find_what_broke
        if self._thorough or (self._budget is not None and self._budget.look()):
            self._stop_looking()
            self._looking = Looking(self.model, epoch + 1)

    def close(self) -> None:
        """Look no more, whatever happened."""
        if self.model._stepper is not None:
            self.model._stepper.guard = None
        self._stop_looking()

    def _stop_looking(self) -> None:
        if self._looking is not None:
            self._looking.close()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Examine, where the epochs since the last time were long enough."""
        self._passed += 1
        if self._idle:
            self._idle -= 1
            return
        budget = self._account()
        if self._looking is not None and self._looking.look is not None:
            self.evidence.add(self._looking.look)
            self._looking = None
        if self._thorough or budget.examination(self._wants_data):
            self._examine()
        if self._looking is None and not self._thorough:
            self._idle = budget.idle(self._wants_data)

    def _account(self) -> Budget:
        """Put the steps since the last time to the budget."""
        if self._budget is None:
            self._budget = Budget(self.model, self._source, self._batch_size)
        steps = self.model.optimizer.iterations - self._before
        self._budget.spend(steps - self.evidence.steps, max(1, self._passed))
        self.evidence.steps, self._passed = steps, 0
        return self._budget

    def on_train_end(self, logs: Any = None) -> None:
        """Examine for the last time."""
        self.evidence.ended = True
        self.evidence.learning_rate = float(self.model.optimizer.learning_rate)
        paid = self.model.built and self._account().last_examination
        if paid or self._thorough or self._told or self.evidence.looks:
            self._examine()
        self._x = self._source = self._held_out = None

    @property
    def _wants_data(self) -> bool:
        return self.evidence.facts is None and self._source is not None

    def _examine(self) -> None:
        evidence, model = self.evidence, self.model
        evidence.history, evidence.first = self._history.history, self._history.epoch[0]
        evidence.learning_rate = float(model.optimizer.learning_rate)
        penalty = model.stepper().regularization()
        if penalty:
            evidence.penalties[evidence.seen - 1] = penalty
        if self._wants_data:
            evidence.facts = look(model, self._source, self._held_out)
        for finding in examine(evidence):
            if finding.name not in self._told and finding.concerns(evidence):
                self._tell(finding)

    def _tell(self, finding: TrainingWarning) -> None:
        self._told.add(finding.name)
        self.others.on_finding(finding)
        warnings.warn(finding, stacklevel=depth_of_user())

    def _find_what_broke(
        self, value: float, batch: Any, y: Any, weight: Any, loss: Any, step: int
    ) -> None:
        """In a step whose loss or gradients are not finite: say why."""
        model, course = self.model, self.model._course
        stepper = model.stepper()
        stepper.guard = None
        place, spoilt = autopsy(stepper, batch, y, weight, loss, step, math.isfinite(value))
        number = course.batch - (1 if spoilt else 0)
        rows, inputs, targets = None, [], []
        if self._source is not None and number >= 0:
            rows = self._rows(number).tolist()
            inputs = [without_frame(part) for part in model._inputs_of(self._x)]
            targets = (
                list(self._source.y) if isinstance(self._source.y, tuple) else [self._source.y]
            )
        found = figures(place, spoilt, value, rows, inputs, targets)
        found |= {"step": step + 1, "epoch": course.epoch + 1}
        found["rate"] = float(model.optimizer.learning_rate)
        self.evidence.not_finite = found
        self._tell(NotFinite(course.epoch + 1, found))


def _keeps_best(callback: Any) -> bool:
    """Whether a callback cures overfitting: by a validation value it stops, or keeps the best."""
    if isinstance(callback, ModelCheckpoint) and not callback.save_best_only:
        return False
    watches = isinstance(callback, (EarlyStopping, ModelCheckpoint))
    return watches and callback.monitor.startswith("val_")
