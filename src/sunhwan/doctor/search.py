"""The search for the first number that is none, in a step that is made again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sunhwan._engine.context import Context
from sunhwan._engine.layout import Layout
from sunhwan._engine.node import Node
from sunhwan._engine.observer import Observer
from sunhwan._engine.sequences import Sequences


@dataclass
class Place:
    """Where numbers were not finite.

    Args:
        layer: its name.
        backward: whether on the way back.
        times: batch's row -> the time step, from 0, at which it began; empty where the layer has no
            steps.
        rows: of the batch.
        largest: the largest finite number, by its absolute value, that came into the layer.
    """

    layer: str
    backward: bool = False
    times: dict[int, int] = field(default_factory=dict)
    rows: set[int] = field(default_factory=set)
    largest: float = 0.0


class Search(Observer):
    """Is shown a step, node by node, and remembers where its numbers stopped to be finite.

    Args:
        layers: the layers of the model, in the order of the computation.
    """

    def __init__(self, layers: list[Any]) -> None:
        self._order = {id(layer): number for number, layer in enumerate(layers)}
        self._forward: dict[int, Place] = {}
        self._times: dict[int, int] = {}  # row -> time step, of the recurrent layer that runs
        self._backward: dict[str, Place] = {}

    def __call__(self, node: Node) -> None:
        times, self._times = self._times, {}
        number = self._order.get(id(node.layer))
        value = node.outputs[0].value
        layout = value.layout if isinstance(value, Sequences) else None
        values = value.values if isinstance(value, Sequences) else value
        if number is None or not isinstance(values, np.ndarray) or values.dtype.kind != "f":
            return
        broken = _broken({"": values.reshape(len(values), -1)})
        if not broken.any():
            return
        place = self._forward.setdefault(number, Place(node.layer.name))
        place.largest = max(place.largest, _largest(node.inputs[0].value))
        if layout is not None:
            times = times or _first_times(layout, broken)
            rows = np.unique(layout.step_rows[broken])
        else:
            rows = node.context.rows[broken]
        place.rows.update(rows.tolist())
        place.times.update(times)

    def states(self, layer: Any, context: Context, values: Mapping[str, np.ndarray]) -> None:
        layout = context.layout
        if layout is not None:
            broken = _broken(values)
            for row, time in _first_times(layout, broken, layer.go_backwards).items():
                self._times.setdefault(row, time)

    def state_gradients(
        self, layer: Any, context: Context, gradients: Mapping[str, np.ndarray]
    ) -> None:
        layout = context.layout
        if layout is None:
            return
        broken = _broken(gradients)
        if not broken.any():
            return
        place = self._backward.setdefault(layer.name, Place(layer.name, backward=True))
        for row, time in _first_times(layout, broken, not layer.go_backwards).items():
            place.rows.add(row)
            place.times[row] = time

    @property
    def forward(self) -> Place | None:
        """The first layer on the way forward whose output was not finite."""
        return self._forward[min(self._forward)] if self._forward else None

    def backward(self, layer: str) -> Place:
        """Where a layer's gradient was not finite, as far as it is known."""
        known = [place for name, place in self._backward.items() if name == layer]
        return known[0] if known else Place(layer, backward=True)


def _broken(arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    """Which steps, `(P,)`, have a number that is not finite in one of the arrays `(P, H)`."""
    broken = np.zeros(len(next(iter(arrays.values()))), bool)
    for each in arrays.values():
        broken |= ~np.isfinite(each).all(axis=1)
    return broken


def _first_times(layout: Layout, broken: np.ndarray, last: bool = False) -> dict[int, int]:
    """Row of the batch -> the first (or last) of its time steps that are broken, `(P,)`."""
    places = np.flatnonzero(broken)
    if not last:
        places = places[::-1]  # of equal keys the one that comes last stays
    return {int(layout.step_rows[p]): int(layout.times[p]) for p in places}


def _largest(value: Any) -> float:
    """The largest finite number of an edge, by its absolute value."""
    values = value.values if isinstance(value, Sequences) else value
    if not isinstance(values, np.ndarray) or values.dtype.kind != "f":
        return 0.0
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max(initial=0.0))
