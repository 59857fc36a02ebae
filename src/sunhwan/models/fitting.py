"""The loop over epochs."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from sunhwan._engine.arguments import check_count, check_flag, optional_count
from sunhwan._engine.batch import rows_of
from sunhwan.callbacks import CallbackList, History

from .asking import Asking
from .class_weights import apply_class_weight
from .course import Course
from .data import Examples, count_of
from .epochs import epochs_of, order_of_epoch
from .fingerprint import data_marks
from .sources import BATCH_SIZE
from .validation import check_split, epochs_with_validation


class Fitting(Asking):
    """`fit` and `train_on_batch`."""

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: dict[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | list[int] = 1,
        doctor: bool | str = True,
    ) -> History:
        """Train for a number of epochs.

        Args:
            x: inputs: an array, a frame, a list of rows of different lengths; or an iterable of
                batches `(x, y)` or `(x, y, sample_weight)`.
            y: targets, as many as rows; for ragged outputs a list of arrays.
            batch_size: rows a step, default 32.
            epochs: number of the last epoch.
            verbose: 0 silent, 1 or `"auto"` a progress bar on a terminal, 2 a line an epoch.
            callbacks: a list of callbacks.
            validation_split: share of the rows, taken from the end before shuffling, that is kept
                for validation.
            validation_data: `(x, y)` or `(x, y, sample_weight)`, or an iterable of batches.
            shuffle: whether the rows are shuffled before each epoch, or the batches of a
                `PyDataset`; other iterables keep their order.
            class_weight: label -> factor of the loss; others count 1. Where each step has a label,
                its steps' factors.
            sample_weight: `(N,)`, factor of each row's loss, or `(N, T)` of each step's; for ragged
                outputs a list of arrays. Of several outputs one for all, or a list or dictionary.
            initial_epoch: number of the first epoch.
            steps_per_epoch: batches an epoch; default all.
            validation_steps: batches of validation; default all.
            validation_batch_size: default `batch_size`.
            validation_freq: validate every so many epochs, or a list of epochs, counted from 1.
            doctor: whether to warn of what is wrong with the training (see `sunhwan.doctor`), also
                where `verbose` is 0; `"thorough"`: whatever it costs. The environment variable
                ``SUNHWAN_DOCTOR=0`` says no for all.

        Returns:
            The history: `history.history` has a list of one value an epoch for each measure.

        Raises:
            RuntimeError: the model is not compiled.
            ValueError: the data do not fit the model or each other.
        """
        self._require_compiled("fit")
        if class_weight is not None and sample_weight is not None:
            raise ValueError("class_weight and sample_weight cannot both be given")
        validation_split = check_split(validation_split)
        size = optional_count("batch_size", batch_size) or BATCH_SIZE
        epochs = check_count("epochs", epochs, least=0)
        initial_epoch = check_count("initial_epoch", initial_epoch, least=0)
        shuffle = check_flag("shuffle", shuffle)
        if not isinstance(doctor, (bool, np.bool_)) and doctor != "thorough":
            raise ValueError(f"doctor must be True, False or 'thorough', got {doctor!r}")
        steps_per_epoch = optional_count("steps_per_epoch", steps_per_epoch)
        validation_steps = optional_count("validation_steps", validation_steps)
        validation_size = optional_count("validation_batch_size", validation_batch_size) or size
        validates = epochs_with_validation(validation_freq)
        source = self._source(x, y, sample_weight)
        held_out: Any = None
        if validation_data is not None:
            held_out = self._validation_source(validation_data)
        elif validation_split:
            if not isinstance(source, Examples):
                raise ValueError("validation_split needs arrays, got an iterable of batches")
            source, held_out = source.split(validation_split)
        if isinstance(source, Examples):
            if class_weight is not None:
                source = apply_class_weight(source, class_weight, self._rank)
            steps: int | None = steps_per_epoch or source.steps(size)
        else:
            steps = steps_per_epoch or count_of(x)
        endless = self._endless(source, size, shuffle, class_weight, steps_per_epoch)
        history = History()
        attending = self._doctor(doctor, x, source, held_out, history, size, shuffle)
        watchers = CallbackList(
            callbacks,
            history,
            self,
            verbose=verbose,
            params={"epochs": epochs, "steps": steps, "verbose": verbose},
            doctor=attending,
        )
        self.history = history
        self.stop_training = False

        def marks() -> dict[str, str]:
            settings = {"batch_size": str(size), "steps": str(steps), "shuffle": str(shuffle)}
            return {**data_marks(source, "x"), **data_marks(held_out, "validation"), **settings}

        course = self._course = Course(self, watchers, marks, initial_epoch)
        try:
            course.begin()
            for epoch in course.epochs(epochs):
                batches = () if self.stop_training and course.batch else endless(course)
                for number, item in enumerate(batches, course.batch):
                    watchers.on_train_batch_begin(number)
                    course.batch_done(self._train(*item))
                    watchers.on_train_batch_end(number, course.logs)
                    if self.stop_training:
                        break
                if not course.logs:
                    raise ValueError(f"x gave no batch in epoch {epoch + 1}")
                logs = dict(course.logs)
                if held_out is not None and validates(epoch + 1):
                    watched = self._evaluate(held_out, validation_size, validation_steps, watchers)
                    logs.update({f"val_{name}": value for name, value in watched.items()})
                course.epoch_done()
                watchers.on_epoch_end(epoch, logs)
                if self.stop_training:
                    break
        finally:
            watchers.close()
            self._end_watching()
        self._finish_training()
        watchers.on_train_end()
        return history

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: dict[int, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """One optimizer step on all of `x`, as one batch.

        Args:
            x, y, sample_weight, class_weight: as in `fit`; no iterables of batches.
            return_dict: whether to return `{name: value}`.

        Returns:
            The loss and the metrics from before the step, in the form that `evaluate` has.

        Raises:
            RuntimeError: the model is not compiled.
            ValueError: the data do not fit the model or each other.
        """
        self._require_compiled("train_on_batch")
        source = self._source(x, y, sample_weight)
        if class_weight is not None:
            source = apply_class_weight(source, class_weight, self._rank)
        batch = next(source.batches(source.rows))
        self._measures.reset()
        return self._returned(self._train(*batch), return_dict)

    def _doctor(
        self,
        wish: bool | str,
        x: Any,
        source: Any,
        held_out: Any,
        history: History,
        size: int,
        shuffle: bool,
    ) -> Any:
        """The doctor who attends a `fit`, or `None`."""
        from sunhwan.doctor.doctor import Doctor, admitted

        wish = admitted(wish)
        if not wish:
            return None

        def rows(number: int) -> np.ndarray:
            places = source.places
            if shuffle:
                places = places[order_of_epoch(source.rows, self._seed, self._course)]
            return places[number * size : (number + 1) * size]

        data = (x, source, held_out, rows)
        return Doctor(data, size, history, thorough=wish == "thorough")

    def _train(self, batch: Any, y: Any, weight: Any) -> dict[str, float]:
        stepper = self.stepper()
        watching = self.watching
        if watching is not None and not watching.unseen:
            outcome = watching.train(stepper, batch, y, weight, self._objective)
        else:
            outcome = stepper.train(batch, y, weight, self._objective, self.optimizer)
            if watching is not None:
                watching.unseen -= 1
                watching.losses.append(outcome.loss)
        return self._measures.update(outcome, y, weight, rows_of(batch))

    def _endless(
        self, source: Any, size: int, shuffle: bool, class_weight: Any, limit: int | None
    ) -> Callable[[Course], Iterator[Any]]:
        """A function from a course to the batches that are left of its epoch."""
        if isinstance(source, Examples):

            def of_rows(course: Course) -> Iterator[Any]:
                order = order_of_epoch(source.rows, self._seed, course) if shuffle else None
                batches = source.batches(size, order, course.batch)
                return itertools.islice(batches, limit and limit - course.batch)

            return of_rows
        items = epochs_of(source, limit, self._seed if shuffle else None)
        return lambda course: self._opened(items(course), class_weight)

    def _end_watching(self) -> None:
        watching, self.watching = self.watching, None
        if watching is not None:
            watching.end(sys.exception() if sys.version_info >= (3, 11) else sys.exc_info()[1])

    def _finish_training(self) -> None:
        finish = getattr(self.optimizer, "finalize", None)
        if finish is not None:
            finish(self.stepper().block.values)
