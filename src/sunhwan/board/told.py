"""What a watched training tells, as lines of a record."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from time import time
from typing import Any

import numpy as np

from sunhwan.watching import Snapshot, Steps, Summary

from .lines import Line

DIGITS = 5
MOST_GROUPS = 8
MOST_DISTANCES = 40


def short(number: float) -> float | None:
    """The number to `DIGITS` digits; `None` where it is NaN or infinite."""
    if not math.isfinite(number):
        return None
    return float(f"{number:.{DIGITS}g}")


def steps_lines(steps: Steps) -> list[Line]:
    """Loss and time of some steps, up to `MOST_GROUPS` lines of neighbours.

    `s` is the last step of a line, `n` how many there are; then the mean loss and its range.
    """
    losses = np.asarray(steps.losses, np.float64)
    size = -(-len(losses) // MOST_GROUPS)
    milliseconds = None if steps.milliseconds is None else short(steps.milliseconds)
    return [
        _steps_line(steps.first + place, losses[place : place + size], milliseconds)
        for place in range(0, len(losses), size)
    ]


def _steps_line(first: int, losses: np.ndarray, milliseconds: float | None) -> Line:
    finite = losses[np.isfinite(losses)]
    return {
        "s": first + len(losses) - 1,
        "n": len(losses),
        "loss": short(float(finite.mean())) if finite.size else None,
        "low": short(float(finite.min())) if finite.size else None,
        "high": short(float(finite.max())) if finite.size else None,
        "ms": milliseconds,
        "t": round(time(), 3),
    }


def epoch_line(number: int, last: int, when: float, logs: Mapping[str, Any]) -> Line:
    """The values of an epoch, counted from 1, whose last step was `last`."""
    values = {name: short(value) for name, value in numbers_in(logs)}
    return {"s": last, "t": when, "e": number, "logs": values}


def numbers_in(logs: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Names and numbers in an epoch's values; of a metric that has several `name[0]` and so on.

    >>> list(numbers_in({"loss": 1, "f1": np.array([0.5, 0.25]), "note": "mine"}))
    [('loss', 1.0), ('f1[0]', 0.5), ('f1[1]', 0.25)]
    """
    for name, value in logs.items():
        if isinstance(value, (int, float)):
            yield name, float(value)
            continue
        array = np.asarray(value)
        if array.dtype.kind in "biuf":
            for place in np.ndindex(array.shape):
                yield name + (str(list(place)) if place else ""), float(array[place])


def merge_steps(one: Line, other: Line) -> Line:
    """Neighbouring steps as one line."""
    count = one["n"] + other["n"]
    return {
        **other,
        "n": count,
        "loss": _mean(one, other, "loss"),
        "low": _chosen(min, one["low"], other["low"]),
        "high": _chosen(max, one["high"], other["high"]),
        "ms": _mean(one, other, "ms"),
    }


def snapshot_line(snapshot: Snapshot) -> Line:
    """What a snapshot says of each layer and each parameter, without histograms."""
    parameters = snapshot.parameters.values()
    layers: dict[str, Any] = {
        name: {
            "mean": short(each.activation.mean),
            "spread": short(each.activation.spread),
            "silent": short(each.silent),
            "gates": {
                f"{owner}/{gate}" if owner else gate: [
                    short(found.mean),
                    short(found.low),
                    short(found.high),
                ]
                for owner, gates in each.gates.items()
                for gate, found in gates.items()
            },
            **_reach(each.reach),
        }
        for name, each in snapshot.layers.items()
    }
    for name in dict.fromkeys(each.layer for each in parameters):
        ratio = snapshot.ratio(name)
        own = [each for each in parameters if each.layer == name]
        count = sum(each.gradient.count for each in own)
        size = sum(each.gradient.size * each.gradient.count for each in own) / count
        layers.setdefault(name, {}).update(
            ratio=None if ratio is None else short(ratio), gradient=short(size)
        )
    return {
        "s": snapshot.step,
        "t": math.floor(1e3 * time()) / 1e3,  # not later than it is
        "rate": short(snapshot.learning_rate),
        "memory": snapshot.memory,
        "layers": layers,
        "parameters": {
            each.path: {
                "value": _brief(each.value),
                "gradient": _brief(each.gradient),
                "update": _brief(each.update),
            }
            for each in parameters
        },
    }


def histograms_line(snapshot: Snapshot) -> Line:
    """The histograms of each parameter, its gradient and its update."""
    return {
        "s": snapshot.step,
        "parameters": {
            each.path: {
                "value": _histogram(each.value),
                "gradient": _histogram(each.gradient),
                "update": _histogram(each.update),
            }
            for each in snapshot.parameters.values()
        },
    }


def _reach(reach: Mapping[str, np.ndarray]) -> Line:
    """How far back gradients reach: of each recurrent layer distances, and the norm at each."""
    if not reach:
        return {}
    found = {}
    for owner, norms in reach.items():
        step = max(1, len(norms) // MOST_DISTANCES)
        places = range(0, len(norms), step)
        found[owner] = [list(places), [short(float(norms[place])) for place in places]]
    return {"reach": found}


def _brief(summary: Summary) -> list[Any]:
    """Mean, spread, mean of |x|, and how many numbers are not finite."""
    numbers = [short(summary.mean), short(summary.spread), short(summary.size)]
    return [*numbers, summary.count - summary.finite]


def _histogram(summary: Summary) -> list[Any]:
    """The range, and what lies in each bin."""
    return [short(summary.least), short(summary.most), summary.histogram.tolist()]


def _mean(one: Line, other: Line, name: str) -> float | None:
    if one[name] is None or other[name] is None:
        return other[name] if one[name] is None else one[name]
    total = one[name] * one["n"] + other[name] * other["n"]
    return short(total / (one["n"] + other["n"]))


def _chosen(choose: Any, one: float | None, other: float | None) -> float | None:
    there = [each for each in (one, other) if each is not None]
    return choose(there) if there else None
