"""The losses of a model with several outputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sunhwan import _core
from sunhwan._engine.sequences import Sequences
from sunhwan.layers.layer import Shape

from .objective import Objective


class Objectives:
    """A loss for each output; the sum of their values, each times a factor.

    What `Objective` takes and gives for one output, this takes and gives as tuples.

    Args:
        objectives: of each output, `None` where there is no loss.
        factors: of each value.
        shows: of which outputs metrics look at the predictions.

    Attributes:
        parts: the value of each output's loss on the batch so far, without its factor.
    """

    replays = False

    def __init__(
        self,
        objectives: Sequence[Objective | None],
        factors: Sequence[float],
        shows: Sequence[bool],
    ) -> None:
        self._each = list(objectives)
        self._factors = list(factors)
        self.shows = tuple(shows)
        self.parts: list[float] = []

    @property
    def couples_rows(self) -> bool:
        """Whether one of the losses does."""
        return any(one is not None and one.couples_rows for one in self._each)

    def logits(self, lasts: Sequence[Any]) -> tuple[bool, ...]:
        """Which losses want the output of their layer without its activation."""
        pairs = zip(self._each, lasts, strict=True)
        return tuple(one is not None and one.logits([last])[0] for one, last in pairs)

    def prepare(self, y: Any, output_shapes: Sequence[Shape]) -> tuple[Any, ...]:
        """Targets as the losses take them; `ValueError` if they cannot be these outputs'."""
        if all(one is None for one in self._each):
            raise ValueError("compile must be given a loss to train or to evaluate")
        prepared = []
        for number, (one, part) in enumerate(zip(self._each, y, strict=True)):
            if one is not None and part is None:
                raise ValueError(f"y[{number}] must be given: its output has a loss, got None")
            shape = output_shapes[number]
            prepared.append(part if one is None else one.prepare(part, [shape]))
        return tuple(prepared)

    def begin(
        self,
        y: Sequence[Any],
        weight: Any,
        masks: Sequence[Any],
        lasts: Sequence[Any],
        empty: Callable[[tuple[int, ...]], np.ndarray],
    ) -> None:
        """Start a batch; `weight` is a tuple, or one for all outputs."""
        self._empty = empty
        self.parts = [0.0] * len(self._each)
        weights = weight if isinstance(weight, tuple) else [weight] * len(self._each)
        for number, one in enumerate(self._each):
            if one is not None:
                one.begin(y[number], weights[number], masks[number], lasts[number], empty)

    def slice(self, rows: np.ndarray, outputs: Sequence[Any]) -> tuple[float, Any, Any]:
        """The share of the rows at `rows`: value, gradients of the outputs, and predictions."""
        total, gradients, shown = 0.0, [], []
        for number, (one, output) in enumerate(zip(self._each, outputs, strict=True)):
            if one is None:
                values = output.values if isinstance(output, Sequences) else output
                nothing = self._empty(values.shape)
                _core.fill(nothing)
                gradients.append(nothing)
                shown.append(output)
                continue
            value, gradient, seen = one.slice(rows, output)
            factor = self._factors[number]
            self.parts[number] += value
            total += factor * value
            if factor != 1.0:
                scaled = self._empty(gradient.shape)
                _core.scale(np.ascontiguousarray(gradient), factor, scaled)
                gradient = scaled
            gradients.append(gradient)
            shown.append(seen)
        return total, tuple(gradients), tuple(shown)
