"""What a model is asked: how well it does, and what it says."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from sunhwan._engine.arguments import optional_count
from sunhwan._engine.batch import rows_of
from sunhwan.callbacks import CallbackList

from .data import Examples, count_of, is_iterable_of_batches, iterate, unpack_batch
from .sources import BATCH_SIZE, Sources


class Asking(Sources):
    """`evaluate`, `predict`, and their forms for one batch."""

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """The loss and the metrics on data.

        Args:
            x, y, sample_weight: as in `fit`.
            batch_size: default 32; it changes no result but by rounding.
            verbose: as in `fit`.
            steps: batches, default all.
            callbacks: a list of callbacks.
            return_dict: whether to return `{name: value}`.

        Returns:
            `[loss, metric, ...]`, the loss alone where there are no metrics, or a dictionary.
        """
        self._require_compiled("evaluate")
        size = optional_count("batch_size", batch_size) or BATCH_SIZE
        steps = optional_count("steps", steps)
        source = self._source(x, y, sample_weight)
        count = steps or (source.steps(size) if isinstance(source, Examples) else None)
        watchers = CallbackList(
            callbacks, None, self, verbose=verbose, params={"steps": count, "verbose": verbose}
        )
        try:
            logs = self._evaluate(source, size, steps, watchers)
        finally:
            watchers.close()
        return self._returned(logs, return_dict)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """The outputs for inputs.

        Args:
            x: inputs as in `fit`, or an iterable of batches.
            batch_size: default 32; it changes no bit of the result.
            verbose: as in `fit`.
            steps: batches, default all.
            callbacks: a list of callbacks.

        Returns:
            An array `(N, ...)`; for ragged rows with an output at each step, a list of arrays.
        """
        if verbose == 0 and batch_size is None and steps is None and callbacks is None:
            outputs = self._recalled(x)
            if outputs is not None:
                return self._shown(outputs)
        size = optional_count("batch_size", batch_size) or BATCH_SIZE
        steps = optional_count("steps", steps)
        if is_iterable_of_batches(x):
            batches: Iterator[Any] = (
                feed.batch_to_ask(np.arange(feed.rows))
                for feed in (self._open(unpack_batch(item)[0]) for item in iterate(x, limit=steps))
            )
            count = steps or count_of(x)
        else:
            feed = self._open(x)
            places = np.arange(feed.rows, dtype=np.int64)
            starts = range(0, feed.rows, size)[:steps]
            batches = (feed.batch_to_ask(places[start : start + size]) for start in starts)
            count = len(starts)
        watchers = CallbackList(
            callbacks, None, self, verbose=verbose, params={"steps": count, "verbose": verbose}
        )
        watchers.on_predict_begin()
        parts: list[Any] = []
        try:
            for number, batch in enumerate(batches):
                watchers.on_predict_batch_begin(number)
                parts.append(self.stepper().predict(batch))
                watchers.on_predict_batch_end(number, {"outputs": parts[-1]})
        finally:
            watchers.close()
        watchers.on_predict_end()
        if not parts:
            raise ValueError("x must have at least one row, got none")
        if isinstance(parts[0], tuple):
            return self._shown(tuple(_joined(each) for each in zip(*parts, strict=True)))
        return self._shown(_joined(parts))

    def _shown(self, outputs: Any) -> Any:
        """Outputs as the user has them."""
        several = isinstance(outputs, tuple)
        return self.output_structure.pack(outputs if several else [outputs])

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """The loss and the metrics on all of `x`, as one batch.

        Args:
            x, y, sample_weight, return_dict: as in `evaluate`; no iterables of batches.

        Returns:
            As `evaluate` does.

        Raises:
            RuntimeError: the model is not compiled.
            ValueError: the data do not fit the model or each other.
        """
        self._require_compiled("test_on_batch")
        source = self._source(x, y, sample_weight)
        batch = next(source.batches(source.rows))
        self._measures.reset()
        return self._returned(self._test(*batch), return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for all of `x`, as one batch.

        Args:
            x: as in `predict`; no iterable of batches.

        Returns:
            As `predict` does.

        Raises:
            ValueError: the data do not fit the model.
        """
        outputs = self._recalled(x)
        if outputs is not None:
            return self._shown(outputs)
        feed = self._open(x)
        places = np.arange(feed.rows, dtype=np.int64)
        return self._shown(self.stepper().predict(feed.batch_to_ask(places)))

    def _test(self, batch: Any, y: Any, weight: Any) -> dict[str, float]:
        outcome = self.stepper().test(batch, y, weight, self._objective)
        return self._measures.update(outcome, y, weight, rows_of(batch))

    def _evaluate(
        self, source: Any, size: int, steps: int | None, watchers: CallbackList
    ) -> dict[str, float]:
        if isinstance(source, Examples):
            batches = itertools.islice(source.batches(size), steps)
        else:
            batches = self._opened(iterate(source, limit=steps))
        self._measures.reset()
        logs: dict[str, float] = {}
        watchers.on_test_begin()
        for number, item in enumerate(batches):
            watchers.on_test_batch_begin(number)
            logs = self._test(*item)
            watchers.on_test_batch_end(number, logs)
        if not logs:
            raise ValueError("there must be at least one batch to evaluate, got none")
        watchers.on_test_end(logs)
        return logs

    def _recalled(self, x: Any) -> np.ndarray | None:
        """The outputs for `x` without preparing any, where a batch like it is known already."""
        stepper = self._stepper
        return None if stepper is None else stepper.recall(x)

    def _call(self, inputs: Any, training: bool) -> Any:
        outputs = None if training else self._recalled(inputs)
        if outputs is not None:
            return self._shown(outputs)
        feed = self._open(inputs)
        places = np.arange(feed.rows, dtype=np.int64)
        return self._shown(self.stepper().predict(feed.batch_to_ask(places), training))


def _joined(parts: Sequence[Any]) -> Any:
    """The outputs of batches one after the other."""
    if isinstance(parts[0], list):
        return [row for part in parts for row in part]
    return np.concatenate(parts)
