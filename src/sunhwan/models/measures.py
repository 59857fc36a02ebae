"""The running means of an epoch: the loss and the metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sunhwan import metrics as catalogue
from sunhwan.metrics.resolve import check, resolve

from .objective import weights_of_steps
from .training import Outcome


class Measures:
    """A model's loss and metrics over the batches since the last `reset`.

    Args:
        plain: metrics that see no sample weights, as `compile` takes them.
        weighted: metrics that do.

    Raises:
        ValueError: the name of a metric is unknown.
    """

    def __init__(self, plain: Sequence[Any], weighted: Sequence[Any]) -> None:
        for identifier in (*plain, *weighted):
            check(identifier)
        self._wanted = (list(plain), list(weighted))
        self.loss = catalogue.Mean(name="loss")
        self._plain: list[Any] | None = None
        self._weighted: list[Any] = []
        self._awaited: list[Any] = []  # states of metrics that the next batch will make

    @property
    def all(self) -> list[Any]:
        """The loss and the metrics, in the order of `compile`."""
        return [self.loss, *(self._plain or []), *self._weighted]

    @property
    def names(self) -> list[str]:
        """Their names."""
        return [metric.name for metric in self.all]

    def reset(self) -> None:
        """Forget what was seen."""
        self._awaited = []
        for metric in self.all:
            metric.reset_state()

    def get_state(self) -> list[Any]:
        """What was seen since the last reset, as plain data."""
        return [metric.get_state() for metric in self.all]

    def set_state(self, state: list[Any]) -> None:
        """Go on from what `get_state` gave."""
        self.loss.set_state(state[0])
        self._awaited = state[1:]
        if self._plain is not None:
            self._take_up_awaited()

    def _take_up_awaited(self) -> None:
        for metric, state in zip(self.all[1:], self._awaited, strict=False):
            metric.set_state(state)
        self._awaited = []

    def update(self, outcome: Outcome, y: Any, weight: Any, rows: int) -> dict[str, float]:
        """Add a batch of `rows` rows; return the values since the last reset."""
        self.loss.add_number(outcome.loss, rows)
        self.count(outcome.outputs, outcome.mask, y, weight)
        return {metric.name: number(metric.result()) for metric in self.all}

    def count(self, outputs: Any, mask: np.ndarray | None, y: Any, weight: Any) -> None:
        """Show a batch to the metrics."""
        if any(self._wanted):
            if isinstance(outputs, list):
                if weight is not None:
                    weight = np.concatenate(weights_of_steps(weight, outputs))
                outputs, y = np.concatenate(outputs), np.concatenate(y)
            self._resolve(y, outputs)
            assert self._plain is not None
            for metric in self._plain:
                metric.update_state(y, outputs, sample_weight=mask)
            combined = _combined(weight, mask)
            for metric in self._weighted:
                metric.update_state(y, outputs, sample_weight=combined)

    def _resolve(self, y: Any, outputs: np.ndarray) -> None:
        if self._plain is None:
            plain, weighted = self._wanted
            both = resolve(plain, np.shape(y), outputs.shape, weighted)
            self._plain, self._weighted = both[: len(plain)], both[len(plain) :]
            self._take_up_awaited()


def _combined(weight: Any, mask: np.ndarray | None) -> Any:
    if mask is None or weight is None:
        return mask if weight is None else weight
    weight = np.asarray(weight)
    return mask * (weight[:, None] if weight.ndim < mask.ndim else weight)


def number(value: Any) -> Any:
    """A Python float, or the array of a metric that has several values."""
    if type(value) is float:
        return value
    return float(value) if np.ndim(value) == 0 else np.asarray(value)
