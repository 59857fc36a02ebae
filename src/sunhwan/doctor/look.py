"""A close look at one training step: gradients through time, gates, silent units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sunhwan import activations
from sunhwan._engine.context import Context
from sunhwan._engine.observer import Observer, by_distance, state_norms
from sunhwan.watching import Snapshot, Watcher, watch

LEAST_ROWS = 32  # of a sample, for units that are never on in it to mean something
FADED = 0.01  # share of the gradient at the last step that counts as gone


@dataclass(frozen=True)
class Reach:
    """How far back through a recurrent layer a gradient comes.

    Args:
        steps: how many steps back less than `FADED` of its norm at the last step is left;
            `length` where more is left everywhere.
        length: of the longest row.
        growth: the largest norm by that at the last step.
        at: how many steps back it is the largest.
        gated: whether the layer has gates.
    """

    steps: int
    length: int
    growth: float
    at: int
    gated: bool = False

    @classmethod
    def of(cls, norms: np.ndarray, gated: bool = False) -> Reach | None:
        """The reach from mean norms by how many steps follow; `None` of no gradient at all."""
        if not len(norms) or not np.isfinite(norms[0]) or norms[0] <= 0:
            return None
        faded = np.flatnonzero(norms < FADED * norms[0])
        at = int(np.nanargmax(norms))
        steps = int(faded[0]) if len(faded) else len(norms)
        return cls(steps, len(norms), float(norms[at] / norms[0]), at, gated)


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
        silent: layer with relu -> (units that were 0 everywhere, units).
    """

    epoch: int
    ratio: float
    gradients: Mapping[str, float] = field(default_factory=dict)
    reaches: Mapping[str, Reach] = field(default_factory=dict)
    gates: Mapping[str, float] = field(default_factory=dict)
    silent: Mapping[str, tuple[int, int]] = field(default_factory=dict)


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
        self._norms: dict[str, list[np.ndarray]] = {}
        self._gated: set[str] = set()
        self._observed = model.stepper().observed(self)
        self._observed.__enter__()
        watch(model, self)
        self._open = True

    def state_gradients(
        self, layer: Any, context: Context, gradients: Mapping[str, np.ndarray]
    ) -> None:
        layout = context.layout
        if layout is not None:
            norms = by_distance(layout, state_norms(layout, gradients), layer.go_backwards)
            self._norms.setdefault(layer.name, []).append(norms)
            if layer.gate_names:
                self._gated.add(layer.name)

    def on_snapshot(self, snapshot: Snapshot) -> None:
        self.close()
        parts = snapshot.parameters
        updates = sum(part.update.size * part.update.count for part in parts.values())
        values = sum(part.value.size * part.value.count for part in parts.values())
        reaches = {
            name: Reach.of(_mean(norms), name in self._gated) for name, norms in self._norms.items()
        }
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
                if seen.activation.count >= LEAST_ROWS * units:
                    yield layer.name, (round(seen.silent * units), units)


def _mean(parts: list[np.ndarray]) -> np.ndarray:
    """Mean over the rows of all slices, `(K,)`, of arrays `(N, K)` with NaN for none."""
    longest = max(part.shape[1] for part in parts)
    total, count = np.zeros(longest), np.zeros(longest)
    for part in parts:
        there = ~np.isnan(part)
        total[: part.shape[1]] += np.where(there, part, 0).sum(axis=0)
        count[: part.shape[1]] += there.sum(axis=0)
    return total / np.maximum(count, 1)


def _saturated(snapshot: Snapshot) -> Any:
    for layer in snapshot.layers.values():
        for owner, gates in layer.gates.items():
            name = f"{layer.name}/{owner}" if owner else layer.name
            yield name, float(np.mean([gate.saturated for gate in gates.values()]))
