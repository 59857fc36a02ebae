"""The watch over a model's training steps."""

from __future__ import annotations

from array import array
from contextlib import nullcontext
from time import perf_counter, process_time
from typing import Any

import numpy as np

from sunhwan._engine.arguments import optional_count

from .memory import resident_bytes
from .names import Names
from .reach import Reach
from .sampling import Sampling
from .snapshot import Message, ParameterStatistics, Snapshot, Steps
from .summary import Summary
from .watcher import Watcher

SHARE = 0.005  # of the time, which snapshots take at most where no interval was chosen
PAUSE = 0.2  # seconds from a snapshot to the next one, at least, where no interval was chosen
EARLY = 0.008  # seconds that the first snapshots may take, so that a short training has some too
REACH_EVERY, REACH_FIRST = 10, 2  # which snapshots show how far back gradients reach
REPORT = 0.5  # seconds from one `on_steps` to the next
GLANCE = 0.01  # seconds from one look at the clock to the next, about


def watch(model: Any, watcher: Watcher) -> Watch:
    """Have a model's training watched until its `fit` ends; to be called in `on_train_begin`.

    Args:
        model: the model.
        watcher: who is told.

    Returns:
        The watch, which all who watch this training share.

    Raises:
        ValueError: `watcher.every` is neither `None` nor a positive number of steps.

    >>> import sunhwan as sh
    >>> class Losses(sh.callbacks.Callback, Watcher):
    ...     def on_train_begin(self, logs=None):
    ...         watch(self.model, self)
    ...     def on_steps(self, steps):
    ...         print(len(steps.losses), "from", steps.first)
    >>> model = sh.Sequential([sh.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> history = model.fit([[1.0]] * 7, [2.0] * 7, 2, verbose=0, callbacks=[Losses()])
    1 from 0
    1 from 1
    2 from 2
    """
    optional_count("every", watcher.every)
    if model.watching is None:
        model.watching = Watch(model)
    model.watching.watchers.append(watcher)
    model.watching.unseen = 0
    return model.watching


class Watch:
    """Does the training steps of a model, and tells its watchers of them.

    The steps are those that an unwatched training makes, to the bit.

    Args:
        model: the model.

    Attributes:
        watchers: who is told.
        losses: of the steps that were not told of yet.
        unseen: so many steps from now on `fit` does itself, without a look at the clock; it counts
            them down and adds their losses.
    """

    def __init__(self, model: Any) -> None:
        optimizer = model.optimizer
        self.watchers: list[Watcher] = []
        self._model = model
        self._together = optimizer.gradient_accumulation_steps or 1  # steps that make one update
        # Number of the first step in `losses`, those that only collect gradients counted too.
        self._told = int(optimizer.state_numbers()["calls"])
        self.losses = array("d")
        self._looks = 0  # snapshots that were made
        self.unseen = 0
        self._timed, self._seconds = 0, 0.0
        self._usual: float | None = None  # seconds of a step that is not watched
        self._named: Names | None = None
        self._due_time, self._report_time = 0.0, perf_counter() + REPORT
        self._early, self._first, self._early_step = EARLY, self._told, self._told

    @property
    def step(self) -> int:
        """Number of the next step."""
        return self._told + len(self.losses)

    def train(self, stepper: Any, batch: Any, y: Any, weight: Any, loss: Any) -> Any:
        """One optimizer step; returns its outcome."""
        begin = perf_counter()
        due = self._due(begin)
        if due:
            return self._look(due, stepper, batch, y, weight, loss)
        outcome = stepper.train(batch, y, weight, loss, self._model.optimizer)
        end = perf_counter()
        self.losses.append(outcome.loss)
        self._timed += 1
        self._seconds += end - begin
        if end > self._report_time:
            self.report()
        self.unseen = self._steps_unseen(end - begin)
        return outcome

    def _steps_unseen(self, seconds: float) -> int:
        """How many steps to do without a look at the clock, where one takes so many seconds."""
        steps = int(GLANCE / max(seconds, 1e-7))
        if self._early > 0:
            steps = min(steps, max(0, self._early_step - self.step))
        for each in self.watchers:
            if each.every is not None:
                period = each.every * self._together
                steps = min(steps, (self._together - 1 - self.step) % period)
        return steps

    def report(self) -> None:
        """Tell of the steps since the last time."""
        self._report_time = perf_counter() + REPORT
        if not self.losses:
            return
        milliseconds = None
        if self._timed:
            self._usual = self._seconds / self._timed
            milliseconds = 1e3 * self._usual
        steps = Steps(self._told, self.losses, milliseconds)
        self._told += len(self.losses)
        self.losses, self._timed, self._seconds = array("d"), 0, 0.0
        for watcher in self.watchers:
            watcher.on_steps(steps)

    def tell(self, message: Message) -> None:
        """Pass on what somebody has to say about the training."""
        for watcher in self.watchers:
            watcher.on_message(message)

    def end(self, error: BaseException | None) -> None:
        """Tell that the training is over."""
        self.report()
        for watcher in self.watchers:
            watcher.on_watch_end(error)

    def _due(self, now: float) -> list[Watcher]:
        """Who is to get a snapshot of the next step."""
        if (self.step + 1) % self._together:
            return []  # it collects gradients and updates nothing
        number = self.step // self._together
        early = self._early > 0 and self.step >= self._early_step
        timely = early or now >= self._due_time
        return [
            each
            for each in self.watchers
            if (timely if each.every is None else number % each.every == 0)
        ]

    def _look(
        self, due: list[Watcher], stepper: Any, batch: Any, y: Any, weight: Any, loss: Any
    ) -> Any:
        """Do a step and make a snapshot of it."""
        begin, busy = perf_counter(), process_time()
        optimizer, block, names = self._model.optimizer, stepper.block, self._names(stepper)
        rate, sampling = float(optimizer.learning_rate), Sampling(names.layers)
        changes = block.values.copy()
        started = perf_counter()
        reach = Reach(names) if self._looks % REACH_EVERY == REACH_FIRST else None
        self._looks += 1
        with nullcontext() if reach is None else stepper.observed(reach):
            outcome = stepper.train(batch, y, weight, loss, optimizer, look=sampling)
        plain = self._plain_seconds(perf_counter() - started)
        np.subtract(block.values, changes, out=changes)
        parameters = {}
        for entry in block.ranges:
            if entry.variable.learned and entry.trainable:
                place = slice(entry.start, entry.stop)
                flats = block.values, block.gradients, changes
                summaries = [Summary.of(flat[place]) for flat in flats]
                layer, path = names.variables[id(entry.variable)]
                one = ParameterStatistics(path, layer, entry.variable.name, *summaries)
                parameters[path] = one
        step = self.step
        self.losses.append(outcome.loss)
        layers = sampling.statistics(reach.found if reach else {})
        self.report()
        taken = perf_counter() - begin - plain
        memory = resident_bytes()
        snapshot = Snapshot(step, outcome.loss, rate, memory, parameters, layers, taken)
        for watcher in due:
            watcher.on_snapshot(snapshot)
        end = perf_counter()
        # Where others have the processors, what we took of them counts, and not how long it took.
        cost = min(end - begin, process_time() - busy) - plain
        self._due_time = end + max(PAUSE, cost / SHARE)
        self._early -= cost
        self._early_step = 2 * step + 1 - self._first
        return outcome

    def _plain_seconds(self, seconds: float) -> float:
        """What a step would have taken unwatched, of the `seconds` that it took."""
        return min(seconds, self._usual or seconds)

    def _names(self, stepper: Any) -> Names:
        if self._named is None or self._named.plan is not stepper.plan:
            self._named = Names(stepper.plan)
        return self._named
