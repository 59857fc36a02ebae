"""Keeps what observers are shown of recurrent layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from sunhwan._engine.context import Context
from sunhwan._engine.observer import Observer, state_norms
from sunhwan.layers import TimeDistributed
from sunhwan.layers.cell_loop import CellLoop
from sunhwan.layers.recurrent import Recurrent

from .opened import Opened
from .running import with_children


class Run:
    """One run of a recurrent layer over the rows of a batch.

    Attributes:
        layer: the layer.
        values: of one row, name -> `(steps, units)`.
        times: of one row, where these steps stand, `(steps,)`.
        norms: of each slice, the place of each step's row, its time, and its norm.
    """

    def __init__(self, layer: Any) -> None:
        self.layer = layer
        self.values: dict[str, np.ndarray] = {}
        self.times: np.ndarray = np.zeros(0, np.int64)
        self.norms: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    @property
    def is_numpy(self) -> bool:
        """Whether it ran a cell written in NumPy."""
        return isinstance(self.layer, CellLoop)

    @property
    def kind(self) -> str:
        """What the layer, or the cell that it runs, is called as a class."""
        return type(self.layer.cell if self.is_numpy else self.layer).__name__

    def norms_of(self, rows: int) -> np.ndarray:
        """The norms at each step of all rows, `(rows, width)`, NaN where there is none."""
        width = 1 + max((int(times.max(initial=-1)) for _, times, _ in self.norms), default=-1)
        whole = np.full((rows, width), np.nan)
        for places, times, norms in self.norms:
            whole[places, times] = norms
        return whole


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
        run, layout = self._runs.get(id(context)), context.layout
        if run is None or layout is None:
            return
        rows = np.repeat(context.rows, layout.lengths)
        run.norms.append((rows, np.array(layout.times), state_norms(layout, gradients)))


def recurrent_layers(opened: Opened, name: str | None, owner: str) -> list[Any]:
    """The recurrent layers to explain: those of the named layer, or of the last that has any.

    A `Bidirectional` has two, an `RNN` of stacked cells one for each cell.

    Args:
        opened: the model.
        name: of a layer, also of one inside another, or `None`.
        owner: name of the function, for errors.

    Raises:
        ValueError: there is none, or none of that name, or it runs anew at each step of another.
    """
    layers = opened.plan.layers
    found: dict[str, list[Any]] = {}
    for layer in layers:
        inner = list(_runs_in(layer))
        if inner:
            found[layer.name] = inner
            found.update({each.name: [each] for each in inner if each.name != layer.name})
    distributed = [layer for layer in layers if isinstance(layer, TimeDistributed)]
    for layer in distributed:
        inner = [each.name for each in _runs_in(layer.layer)]
        if inner and (name in [layer.name, *inner] or (name is None and not found)):
            raise ValueError(
                f"{owner}: layer {inner[-1]!r} runs anew at each step of TimeDistributed "
                f"{layer.name!r}: give a model of its own, sunhwan.Sequential([layer]), and the "
                "rows of one such step"
            )
    if not found:
        kinds = ", ".join(dict.fromkeys(type(layer).__name__ for layer in layers))
        raise ValueError(
            f"{owner} needs a model with a recurrent layer (SimpleRNN, LSTM, GRU or RNN, also in a "
            f"Bidirectional), got {opened.model.name!r} of {kinds or 'no layers'}"
        )
    if name is None:
        return found[[layer for layer in layers if layer.name in found][-1].name]
    if not isinstance(name, str) or name not in found:
        raise ValueError(f"{owner}: layer must be one of {list(found)}, got {name!r}")
    return found[name]


def _runs_in(layer: Any) -> Iterator[Any]:
    """The layers in one that an observer is shown."""
    if not isinstance(layer, TimeDistributed):
        for each in with_children([layer]):
            if isinstance(each, (Recurrent, CellLoop)):
                yield each
