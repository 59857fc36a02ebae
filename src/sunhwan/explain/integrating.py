"""Integrated gradients of one number of a model's output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sunhwan._engine.batch import parts_of
from sunhwan._engine.packing import pack_steps, take_batch
from sunhwan._engine.plan import Call, Plan
from sunhwan._engine.sequences import Head, Sequences

from .opened import Opened
from .running import run
from .target import Target


@dataclass
class Way:
    """From a baseline to what the row brings, for one input of a plan.

    Attributes:
        reading: number of the opened model's reading.
        start, end: `(T, ...)` float32, or of an array any shape.
        mask: `(T,)` bool, which of the steps are not masked; `None` where all are there.
        constant: `(features,)`, what masked steps read; `None` without.
        packed: whether the input takes sequences.
    """

    reading: int
    start: np.ndarray
    end: np.ndarray
    mask: np.ndarray | None = None
    constant: np.ndarray | None = None
    packed: bool = True

    def at(self, shares: np.ndarray) -> Any:
        """A batch of the points at these shares of the way."""
        shares = shares.reshape(-1, *[1] * self.end.ndim).astype(np.float32)
        values = self.start + shares * (self.end - self.start)
        if not self.packed:
            return values
        if self.mask is None:
            return pack_steps(values)
        mask = np.repeat(self.mask[None], len(values), axis=0)
        batch = take_batch(pack_steps(values, mask), np.arange(len(values)))
        if self.constant is not None:
            batch.head = Head(rows=self.constant[None])
        return batch

    def gradient_sum(self, dx: Any, weights: np.ndarray) -> np.ndarray:
        """The weighted sum of the points' gradients, as the way's ends, float64."""
        count = len(weights)
        if not self.packed or self.mask is None:
            return np.tensordot(weights, dx.reshape(count, *self.end.shape), axes=1)
        total = np.zeros(self.end.shape)
        total[self.mask] = np.tensordot(weights, dx.reshape(count, -1, *self.end.shape[1:]), axes=1)
        return total


def ways_of(opened: Opened, baseline: Any) -> tuple[Plan, list[Way]]:
    """The plan behind the embeddings and maskings, and the ways of its inputs.

    Args:
        opened: the model with one row.
        baseline: where the ways begin: a number, or an array of the shape of a row's vectors (of
            the one input); default what id 0 reads, and zero of numbers.

    Raises:
        ValueError: the baseline does not fit.
    """
    plan, readings = opened.plan, opened.readings()
    ways: list[Way] = []
    numbers: dict[int, int] = {}  # edge of the plan -> input of the new one
    calls: list[Call] = []
    for edge, part in enumerate(parts_of(opened.batch)):
        if readings[edge].ids is None:
            numbers[edge] = len(ways)
            ways.append(_way_of_numbers(edge, part, readings[edge], baseline))
    for call in plan.calls:
        edge = call.inputs[0]
        if getattr(call.layer, "reads_ids", False):
            numbers[call.outputs[0]] = len(ways)
            ways.append(_way_of_ids(edge, call.layer, readings[edge], baseline))
        elif hasattr(call.layer, "pack"):  # a Masking: which steps it leaves stays as it is
            numbers[call.outputs[0]] = numbers[edge]
        else:
            calls.append(call)
    shift = len(ways)

    def renumbered(edges: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(numbers.get(edge, edge + shift) for edge in edges)

    calls = [
        call._replace(
            inputs=renumbered(call.inputs),
            outputs=renumbered(call.outputs),
            states=renumbered(call.states),
        )
        for call in calls
    ]
    return Plan(shift, tuple(calls), renumbered(plan.outputs)), ways


def _way_of_ids(number: int, layer: Any, reading: Any, baseline: Any) -> Way:
    table = layer.embeddings.value
    end = table[reading.ids]
    start = _start(table[0] if baseline is None else baseline, end, reading.name)
    masked = layer.mask_zero
    return Way(
        number,
        start,
        end,
        reading.present if masked else None,
        np.array(table[0]) if masked else None,
    )


def _way_of_numbers(number: int, part: Any, reading: Any, baseline: Any) -> Way:
    end = reading.numbers
    start = _start(0.0 if baseline is None else baseline, end, reading.name)
    if not isinstance(part, Sequences):
        return Way(number, start, end, packed=False)
    masked = part.layout.masked
    return Way(number, start, end, reading.present if masked else None)


def _start(baseline: Any, end: np.ndarray, name: str) -> np.ndarray:
    try:
        start = np.array(np.broadcast_to(np.asarray(baseline, np.float32), end.shape))
    except (ValueError, TypeError):
        shape = np.shape(baseline)
        raise ValueError(
            f"attribution: baseline must be a number or an array of shape {end.shape} for input "
            f"{name!r}, got {f'one of shape {shape}' if shape else repr(baseline)}"
        ) from None
    if not np.isfinite(start).all():
        raise ValueError(f"attribution: baseline must be finite for input {name!r}, got {baseline}")
    return start


@dataclass(frozen=True)
class Integral:
    """What integrating along the ways gave.

    Attributes:
        parts: of each way, as its ends: the share of the output's change that each number has.
        end_value, start_value: the output at the ends.
        points: how many points there were.
    """

    parts: list[np.ndarray]
    end_value: float
    start_value: float
    points: int

    @property
    def gap(self) -> float:
        """By how much the parts miss the output's change: zero if the integral were exact."""
        total = sum(float(part.sum()) for part in self.parts)
        return total - (self.end_value - self.start_value)

    @property
    def rounding(self) -> float:
        """By how much it may miss because numbers are rounded to float32."""
        return 1e-6 + 1e-5 * sum(float(np.abs(part).sum()) for part in self.parts)


def integrate(opened: Opened, plan: Plan, ways: list[Way], target: Target, points: int) -> Integral:
    """Integrate the gradient along the straight ways, by Gauss and Legendre's rule."""
    model = opened.model

    def gradients(shares: np.ndarray, weights: np.ndarray) -> tuple[list[np.ndarray], list[float]]:
        points = [way.at(shares) for way in ways]
        batch = tuple(points) if len(points) > 1 else points[0]
        sums = [np.zeros(way.end.shape) for way in ways]
        before = len(target.values)

        def take(dx: Any, rows: np.ndarray) -> None:
            parts = dx if len(ways) > 1 else (dx,)
            for number, (way, part) in enumerate(zip(ways, parts, strict=True)):
                if part is not None:
                    sums[number] += way.gradient_sum(part, weights[rows])

        run(model, plan, batch, None, target.gradients, take)
        return sums, target.values[before:]

    end_value, *_ = gradients(np.ones(1), np.zeros(1))[1] or (None,)
    if end_value is None:
        raise ValueError("attribution needs a row that is long enough for an output, got none")
    target.settle()
    (start_value,) = gradients(np.zeros(1), np.zeros(1))[1]
    nodes, weights = np.polynomial.legendre.leggauss(points)
    sums, _ = gradients((nodes + 1) / 2, weights / 2)
    parts = [
        total * (way.end - way.start).astype(np.float64)
        for way, total in zip(ways, sums, strict=True)
    ]
    return Integral(parts, end_value, start_value, points)
