"""Keeps what observers are shown of recurrent layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sunhwan._engine.context import Context
from sunhwan._engine.observer import Observer, by_distance, state_norms
from sunhwan.layers.recurrent import Recurrent

from .running import with_children


class Run:
    """One run of a recurrent layer over the rows of a batch.

    Attributes:
        layer: the layer.
        values: of one row, name -> `(steps, units)`.
        times: of one row, where these steps stand, `(steps,)`.
        norms: of each slice, the rows' places and `(rows, steps)` norms by distance.
    """

    def __init__(self, layer: Any) -> None:
        self.layer = layer
        self.values: dict[str, np.ndarray] = {}
        self.times: np.ndarray = np.zeros(0, np.int64)
        self.norms: list[tuple[np.ndarray, np.ndarray]] = []


class Notes(Observer):
    """Notes the runs of some layers.

    Args:
        layers: those whose runs are wanted.
        values: whether the states and gates of the (one) row are kept.

    Attributes:
        runs: in the order in which they ran.
    """

    def __init__(self, layers: list[Any], values: bool = False) -> None:
        self._wanted = {id(layer) for layer in layers}
        self._values = values
        self._runs: dict[int, Run] = {}

    @property
    def runs(self) -> list[Run]:
        return list(self._runs.values())

    def states(self, layer: Any, context: Context, values: Mapping[str, np.ndarray]) -> None:
        """Keep copies."""
        if id(layer) not in self._wanted:
            return
        run = self._runs.setdefault(id(context), Run(layer))
        if self._values and context.layout is not None:
            run.values = {name: np.array(array) for name, array in values.items()}
            run.times = np.array(context.layout.times)

    def state_gradients(
        self, layer: Any, context: Context, gradients: Mapping[str, np.ndarray]
    ) -> None:
        """Keep their norms."""
        run = self._runs.get(id(context))
        if run is None or context.layout is None:
            return
        norms = state_norms(context.layout, gradients)
        ordered = by_distance(context.layout, norms, layer.go_backwards)
        run.norms.append((np.array(context.rows), ordered))


def recurrent_layers(model: Any, layers: list[Any], name: str | None, owner: str) -> list[Any]:
    """The recurrent layers to explain: those of the named layer, or of the last that has any.

    A `Bidirectional` has two, an `RNN` of stacked cells one for each cell.

    Args:
        model: for errors.
        layers: of the plan, in the order in which they run.
        name: of a layer, also of one inside another, or `None`.
        owner: name of the function, for errors.

    Raises:
        ValueError: there is none, or none of that name.
    """
    found = {}
    for layer in layers:
        inner = [each for each in with_children([layer]) if isinstance(each, Recurrent)]
        if inner:
            found[layer.name] = inner
            found.update({each.name: [each] for each in inner if each.name != layer.name})
    if not found:
        kinds = ", ".join(dict.fromkeys(type(layer).__name__ for layer in layers))
        raise ValueError(
            f"{owner} needs a model with a recurrent layer (SimpleRNN, LSTM or GRU, also in a "
            f"Bidirectional or RNN), got {model.name!r} of {kinds or 'no layers'}"
        )
    if name is None:
        last = [layer for layer in layers if layer.name in found][-1]
        return found[last.name]
    if name not in found:
        raise ValueError(f"{owner}: layer must be one of {list(found)}, got {name!r}")
    return found[name]
