"""A close look at one training step: gradients through time, gates, silent units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sunhwan import activations
from sunhwan._engine.context import Context
from sunhwan._engine.observer import Observer
from sunhwan.watching import Snapshot, Watcher, watch

from .way_back import Reach, WayBack


@dataclass(frozen=True)
class Silent:
    """Units of a layer that were 0 everywhere in a sample.

    Args:
        off: their numbers.
        units: how many the layer has.
        rows: rows and steps of the sample.
    """

    off: frozenset[int]
    units: int
    rows: int


@dataclass(frozen=True)
class Look:
    """What was seen in one step.

    Args:
        epoch: from 1, in which it was.
        ratio: mean of |update| by mean of |value|, over all that is trained.
        gradients: variable's path -> mean of |gradient|.
        reaches: recurrent layer -> how far back its gradient comes.
        gates: recurrent layer -> share of its gates' activations, or of a SimpleRNN's states, at
            the ends of their range.
        silent: layer with relu -> its units that were 0 everywhere.
    """

    epoch: int
    ratio: float
    gradients: Mapping[str, float] = field(default_factory=dict)
    reaches: Mapping[str, Reach] = field(default_factory=dict)
    gates: Mapping[str, float] = field(default_factory=dict)
    silent: Mapping[str, Silent] = field(default_factory=dict)


class Looking(Watcher, Observer):
    """Waits for the next training step of a model, and looks at it.

    Args:
        model: the model.
        epoch: from 1, that begins.

    Attributes:
        look: what was seen, `None` before.
    """

    every = 1

    def __init__(self, model: Any, epoch: int) -> None:
        self.look: Look | None = None
        self._model, self._epoch = model, epoch
        self._ways: dict[str, WayBack] = {}
        self._observed = model.stepper().observed(self)
        self._observed.__enter__()
        watch(model, self)
        self._open = True

    def state_gradients(
        self, layer: Any, context: Context, gradients: Mapping[str, np.ndarray]
    ) -> None:
        layout = context.layout
        if layout is not None:
            function = getattr(layer, "activation", None)
            named = "" if function is None else activations.serialize(function)
            way = self._ways.setdefault(layer.name, WayBack(type(layer).__name__, named))
            way.add(layout, gradients, context.doutput, layer.go_backwards)

    def on_snapshot(self, snapshot: Snapshot) -> None:
        self.close()
        parts = snapshot.parameters
        updates = sum(part.update.size * part.update.count for part in parts.values())
        values = sum(part.value.size * part.value.count for part in parts.values())
        reaches = {name: way.reach for name, way in self._ways.items()}
        self.look = Look(
            self._epoch,
            updates / values if values else 0.0,
            {path: part.gradient.size for path, part in parts.items()},
            {name: reach for name, reach in reaches.items() if reach is not None},
            dict(_saturated(snapshot)),
            dict(self._silent(snapshot)),
        )

    def close(self) -> None:
        """Look no more."""
        if not self._open:
            return
        self._open = False
        self._observed.__exit__(None, None, None)
        watching = self._model.watching
        if watching is not None:
            watching.watchers.remove(self)
            if not watching.watchers:
                self._model.watching = None

    def _silent(self, snapshot: Snapshot) -> Any:
        for layer in self._model.stepper().plan.layers:
            seen = snapshot.layers.get(layer.name)
            function = getattr(layer, "activation", None)
            if seen is None or not callable(function) or not layer.variables:
                continue
            if activations.serialize(function) == "relu":
                units = int(layer.variables[0].shape[-1])
                yield layer.name, Silent(seen.off, units, seen.activation.count // units)


def _saturated(snapshot: Snapshot) -> Any:
    for layer in snapshot.layers.values():
        for owner, gates in layer.gates.items():
            name = f"{layer.name}/{owner}" if owner else layer.name
            yield name, float(np.mean([gate.saturated for gate in gates.values()]))
