"""A record of the training, for the board."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any, final

from sunhwan._engine.arguments import check_flag, check_folder, optional_count
from sunhwan.watching import Message, Snapshot, Steps, Watcher, watch

from .callback import Callback
from .learning_rate_scheduler import LearningRateScheduler

PAUSE = 0.25  # seconds from one look for what the page asks to the next, at least


@final
class Board(Callback, Watcher):
    """Records a training in a folder, for the board to show it, live or afterwards.

    ``sunhwan board runs`` on the command line shows all that is recorded in the folder ``runs``, in
    the browser. The record changes no bit of the training.

    Args:
        folder: the folder of all runs; each training has a folder in it. Default ``"runs"``.
        name: of the run, by default the date and time. Where a run has that name already, the new
            one is called `name_2` and so on; but a training that goes on (of a model trained
            before, or from a checkpoint) goes on in its record.
        every: look at each step whose number this divides; by default as often as costs half
            a percent of the time.
        histograms: whether histograms are recorded, about one a second. Default yes.
        show: whether to start the board beside the training and open it in the browser. It stays
            until the program ends. Default no.

    Attributes:
        run: the run's folder, once training has begun.

    From the page one can stop the training, as by `model.stop_training`, and change its learning
    rate.

    Raises:
        ImportError: `show`, and a package of the board is missing.
        ValueError: `folder` is no path, or `name` is not one for a folder.

    >>> import tempfile, sunhwan as sh
    >>> model = sh.Sequential([sh.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> board = Board(tempfile.mkdtemp(), name="first try")
    >>> history = model.fit([[1.0], [2.0]], [1.0, 2.0], verbose=0, callbacks=[board])
    >>> sorted(path.name for path in board.run.iterdir())[:3]
    ['end.json', 'epochs.jsonl', 'histograms.jsonl']
    """

    def __init__(
        self,
        folder: str | os.PathLike[str] = "runs",
        name: str | None = None,
        every: int | None = None,
        histograms: bool = True,
        show: bool = False,
    ) -> None:
        from sunhwan.board.record import check_name, fresh_name

        super().__init__()
        self.folder = check_folder("folder", folder)
        self.name = fresh_name() if name is None else check_name(name)
        self.every = optional_count("every", every)
        self.histograms = check_flag("histograms", histograms)
        self.show = check_flag("show", show)
        self.run: Path | None = None
        self._record: Any = None
        self._held: dict[str, Any] | None = None  # what the record of the model `_held_of` was
        self._held_of: Any = None
        self._complained = self._described = False
        self._epochs, self._obeyed = 0, 0.0

    def picture(self, name: str, figure: Any) -> None:
        """Keep a figure in the record, for the page to show; one of the same name is replaced.

        Args:
            name: of the picture, as a run's name.
            figure: a matplotlib figure, such as `sunhwan.explain.memory(model, x).plot()`.

        Raises:
            RuntimeError: no training has begun.
            TypeError: it is no figure.
            ValueError: the name is not one for a file, or the run has 24 pictures already.
        """
        from sunhwan.board.pictures import keep

        if self.run is None:
            raise RuntimeError("a picture goes into the record of a training, and none has begun")
        keep(self.run, name, figure)

    def __deepcopy__(self, memo: dict[int, Any]) -> Board:
        """One for another training, such as each trial of a search has; it has its own record."""
        return Board(self.folder, self.name, self.every, self.histograms, self.show)

    def on_train_begin(self, logs: Any = None) -> None:
        """Begin to watch; show the board if that is wanted."""
        if self.show:
            from sunhwan.board.launch import show

            show(self.folder)
        from sunhwan.board.record import Record

        self._record, self._complained = None, False
        self._watch = watch(self.model, self)
        held = self._held if self._held_of is self.model else None
        self._record = Record(self.folder, self.name, self._watch.step, self._facts(), held)
        self.run = self._record.folder
        self.name = self._record.folder.name

    def get_state(self) -> dict[str, Any]:
        """Where the record is, and what is not written yet."""
        self._keep(self._hold)
        return {"epochs": self._epochs, "held": self._held}

    def resume(self, state: dict[str, Any]) -> None:
        """Go on in the record of the training that was interrupted."""
        from sunhwan.board.record import check_name

        self._epochs, self._held, self._held_of = state["epochs"], state["held"], self.model
        if self._held is not None:
            self.name = check_name(self._held["run"])
        self.on_train_begin()

    def on_steps(self, steps: Steps) -> None:
        """Record steps, and do what the page asks for."""
        if not self._described:
            self._keep(self._record.describe, self._facts())
        self._keep(self._record.steps, steps)
        self._keep(self._obey)

    def on_snapshot(self, snapshot: Snapshot) -> None:
        """Record a snapshot."""
        self._keep(self._record.snapshot, snapshot, self.histograms)

    def on_message(self, message: Message) -> None:
        """Record what somebody has to say."""
        self._keep(self._record.message, message)

    def on_finding(self, finding: Any) -> None:
        """Record what the doctor has found."""
        words = {"en": finding.english, "ko": finding.korean}
        words = {language: text.format(**finding.figures) for language, text in words.items()}
        self.on_message(Message(finding.name, words, finding.figures.get("layer")))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Record the epoch's values."""
        self._keep(self._record.epoch, epoch + 1, self._watch.step - 1, logs or {})
        self._epochs = epoch + 1
        if monotonic() >= self._obeyed + PAUSE:
            self._keep(self._obey)

    def on_watch_end(self, error: BaseException | None) -> None:
        """Say how the training ended."""
        if self._record is None:
            return
        self._keep(self._hold)
        if error is None:
            stopped = self.model.stop_training and self._epochs < self.params.get("epochs", 0)
            self._keep(self._record.end, "stopped" if stopped else "finished")
        elif isinstance(error, KeyboardInterrupt):
            self._keep(self._record.end, "interrupted")
        else:
            self._keep(self._record.end, "failed", f"{type(error).__name__}: {error}")

    def _keep(self, write: Callable[..., None], *what: Any) -> None:
        """Write something; a disk that is full, or a folder that is gone, ends no training."""
        try:
            write(*what)
        except OSError as error:
            if not self._complained:
                self._complained = True
                warnings.warn(
                    f"the record in {self.run} has gaps, training goes on: {error}", stacklevel=2
                )

    def _hold(self) -> None:
        self._held, self._held_of = self._record.state(), self.model

    def _facts(self) -> dict[str, Any]:
        """What is trained and how; nothing before the model is built."""
        from sunhwan.board.facts import facts_of

        self._described = self.model.built
        return facts_of(self.model, self.params) if self._described else {}

    def _obey(self) -> None:
        from sunhwan.board.control import take_asked

        self._obeyed = monotonic()
        asked = take_asked(self._record.folder)
        if asked.learning_rate is not None:
            self._set_rate(asked.learning_rate)
        if asked.stop:
            self.model.stop_training = True
            self._note("stopped", "stopped from the page", "페이지에서 학습을 멈추었습니다")

    def _set_rate(self, rate: float) -> None:
        try:
            self.model.optimizer.learning_rate = rate
        except TypeError:
            self._note(
                "learning_rate",
                "the learning rate was not changed: a schedule decides on it",
                "학습률을 바꾸지 않았습니다. 스케줄이 정하고 있습니다",
            )
        else:
            english = f"learning rate set to {rate:g} from the page"
            korean = f"페이지에서 학습률을 {rate:g}(으)로 바꾸었습니다"
            others = self.model._course.watchers.callbacks
            if any(isinstance(one, LearningRateScheduler) for one in others):
                english += "; LearningRateScheduler sets the next epoch's"
                korean += ". 다음 에포크의 학습률은 LearningRateScheduler가 정합니다"
            self._note("learning_rate", english, korean)

    def _note(self, name: str, english: str, korean: str) -> None:
        self._record.message(Message(name, {"en": english, "ko": korean}, level="note"))
