"""The running means of an epoch for a model with several outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sunhwan import metrics as catalogue

from .measures import Measures, number
from .training import Outcome


class OutputMeasures:
    """The whole loss, each output's loss and each output's metrics since the last `reset`.

    They are called `loss`, `<output>_loss` and `<output>_<metric>`.

    Args:
        names: of the outputs.
        has_loss: which outputs have one.
        plain, weighted: the metrics of each output, see `Measures`.
        order: numbers of the outputs in the order in which their losses are told.

    Raises:
        ValueError: the name of a metric is unknown.
    """

    def __init__(
        self,
        names: Sequence[str],
        has_loss: Sequence[bool],
        plain: Sequence[Sequence[Any]],
        weighted: Sequence[Sequence[Any]],
        order: Sequence[int],
    ) -> None:
        self.loss = catalogue.Mean(name="loss")
        single = sum(has_loss) < 2  # then it is the loss itself
        self._losses = [
            catalogue.Mean(name=f"{name}_loss") if has and not single else None
            for name, has in zip(names, has_loss, strict=True)
        ]
        self._told = [self.loss, *(m for m in (self._losses[n] for n in order) if m is not None)]
        self._outputs = list(names)
        self._each = [Measures(*both) for both in zip(plain, weighted, strict=True)]

    @property
    def all(self) -> list[Any]:
        """The losses, then the metrics of each output in the order of `compile`."""
        return [*self._told, *(metric for one in self._each for metric in one.all[1:])]

    @property
    def names(self) -> list[str]:
        """Their names, in the order in which `evaluate` gives the values."""
        return [*(mean.name for mean in self._told), *sorted(name for name, _ in self._named())]

    def _named(self) -> list[tuple[str, Any]]:
        pairs: list[tuple[str, Any]] = []
        taken: dict[str, int] = {}
        for output, one in zip(self._outputs, self._each, strict=True):
            for metric in one.all[1:]:
                name = f"{output}_{metric.name}"
                count = taken[name] = taken.get(name, 0) + 1
                pairs.append((name if count == 1 else f"{name}_{count - 1}", metric))
        return pairs

    def reset(self) -> None:
        """Forget what was seen."""
        for mean in self._told:
            mean.reset_state()
        for one in self._each:
            one.reset()

    def get_state(self) -> list[Any]:
        """What was seen since the last reset, as plain data."""
        return [[mean.get_state() for mean in self._told], [one.get_state() for one in self._each]]

    def set_state(self, state: list[Any]) -> None:
        """Go on from what `get_state` gave."""
        for part, states in zip((self._told, self._each), state, strict=True):
            for one, own in zip(part, states, strict=True):
                one.set_state(own)

    def update(self, outcome: Outcome, y: Any, weight: Any, rows: int) -> dict[str, float]:
        """Add a batch of `rows` rows; return the values since the last reset."""
        self.loss.add_number(outcome.loss, rows)
        weights = weight if isinstance(weight, tuple) else [weight] * len(self._each)
        for place, one in enumerate(self._each):
            mean = self._losses[place]
            if mean is not None:
                mean.add_number(outcome.parts[place], rows)
            if y[place] is not None:
                one.count(outcome.outputs[place], outcome.mask[place], y[place], weights[place])
        values = {mean.name: number(mean.result()) for mean in self._told}
        return values | {name: number(metric.result()) for name, metric in self._named()}
