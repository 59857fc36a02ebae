"""One trial: a model built, trained, watched."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sunhwan._engine.seeds import seeds_from
from sunhwan.callbacks import Callback
from sunhwan.callbacks.monitor import Monitor

from .budget import Budget

# Why a trial ended early.
WORSE = "worse than half of the others"
TIME_WAS_UP = "time was up"
INTERRUPTED = "interrupted"
GONE = "its process was gone"


class TrialError(Exception):
    """A trial came to nothing, and why."""


class SearchError(ValueError):
    """No trial can come to anything, and why."""


@dataclass
class Best:
    """The best epoch of any trial of this process.

    Attributes:
        number: of the trial, -1 before there is any.
        value: of the monitor.
        weights: of the model then.
        model: of the trial.
    """

    number: int = -1
    value: float = math.nan
    weights: list[np.ndarray] = field(default_factory=list)
    model: Any = None


@dataclass
class Plan:
    """How each trial goes.

    Args:
        build: makes a compiled model of parameters.
        data: `x` and `y`.
        fitted: further arguments of `fit`.
        own: the names of the parameters that `fit` takes, and not `build`.
        epochs: of a trial at most.
        monitor: tells how good an epoch was.
        seed: each trial begins with it.
        callbacks: of the user; each trial has copies.
    """

    build: Callable[..., Any]
    data: tuple[Any, Any]
    fitted: dict[str, Any]
    own: list[str]
    epochs: int
    monitor: Monitor
    seed: int
    callbacks: list[Any]

    def make(self, parameters: dict[str, Any]) -> Any:
        """The untrained model of some parameters.

        Raises:
            SearchError: `build` gives none, or one that is not compiled.
        """
        from sunhwan.models import Model

        given = {name: value for name, value in parameters.items() if name not in self.own}
        model = self.build(**given)
        if not isinstance(model, Model):
            raise SearchError(f"build must return a model, got {model!r}")
        if model.optimizer is None:
            raise SearchError(f"build must return a compiled model, got {model!r}: call compile")
        return model

    def train(self, parameters: dict[str, Any], watchers: list[Any], epochs: int) -> Any:
        """Train the model of some parameters."""
        own = {name: parameters[name] for name in self.own if name in parameters}
        with seeds_from(self.seed):
            model = self.make(parameters)
            watching = [*map(_copy, self.callbacks), *watchers]
            arguments = {"doctor": False, **self.fitted, **own, "epochs": epochs}
            model.fit(*self.data, verbose=0, callbacks=watching, **arguments)
        return model


def _copy(callback: Any) -> Any:
    """One for a trial alone, without the model that it was with before."""
    model = getattr(callback, "model", None)
    try:
        return copy.deepcopy(callback, {} if model is None else {id(model): None})
    except Exception as error:
        raise SearchError(
            f"callbacks must be such that each trial can have a copy, got {callback!r}: {error}; "
            "give one that no training has used"
        ) from error


class Watcher(Callback):
    """Tells Optuna of each epoch, and stops a trial that is worse than others.

    Args:
        trial: of Optuna.
        monitor: tells how good an epoch was.
        budget: ends the trial where the time is up.
        best: of the search, kept up to date.
        tell: called with the epoch and its value.

    Attributes:
        value, epoch: of the best epoch, `None` before there is one.
        epochs: how many were trained.
        stopped: why the trial was stopped, if it was.
    """

    def __init__(
        self, trial: Any, monitor: Monitor, budget: Budget, best: Best, tell: Callable[..., Any]
    ) -> None:
        super().__init__()
        self._trial, self._monitor, self._budget, self._best = trial, monitor, budget, best
        self._tell = tell
        self.value: float | None = None
        self.epoch: int | None = None
        self.epochs = 0
        self.stopped = ""
        self._begun = time.monotonic()

    @property
    def seconds(self) -> float:
        """How long the trial has taken."""
        return time.monotonic() - self._begun

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Look at the epoch's value."""
        name, logs = self._monitor.name, logs or {}
        if name not in logs:
            raise SearchError(f"monitor must be one of {', '.join(logs)}, got {name!r}")
        value = float(logs[name])
        for key, number in ((name, value), ("loss", float(logs["loss"]))):
            if not math.isfinite(number):
                raise TrialError(f"{key} was {number} in epoch {epoch + 1}")
        self.epochs = epoch + 1
        self._trial.report(value, epoch)
        if self.value is None or self._is_better(value, self.value):
            self.value, self.epoch = value, epoch
            best = self._best
            if best.number < 0 or self._is_better(value, best.value):
                best.number, best.value = self._trial.number, value
                best.weights, best.model = self.model.get_weights(), self.model
        self._tell(epoch, value)
        if epoch + 1 < self.params["epochs"]:
            if self._trial.should_prune():
                self.stopped = WORSE
            elif self._budget.is_over:
                self.stopped = TIME_WAS_UP
            if self.stopped:
                self.model.stop_training = True

    def _is_better(self, value: float, than: float) -> bool:
        return self._monitor.sign * (value - than) > 0
