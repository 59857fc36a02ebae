"""From what `compile` was given to metrics."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from copy import copy
from typing import Any

from sunhwan.losses import Loss
from sunhwan.losses.resolve import kind_of_targets

from .accuracy import BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy
from .from_losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    LossMetric,
    SparseCategoricalCrossentropy,
)
from .mean import MeanMetricWrapper
from .metric import METRICS, Metric

_BY_KIND = {
    "accuracy": {
        "binary": BinaryAccuracy,
        "sparse": SparseCategoricalAccuracy,
        "categorical": CategoricalAccuracy,
    },
    "crossentropy": {
        "binary": BinaryCrossentropy,
        "sparse": SparseCategoricalCrossentropy,
        "categorical": CategoricalCrossentropy,
    },
}
_SHORT = {"acc": "accuracy", "ce": "crossentropy"}


def resolve(
    wanted: Sequence[Any],
    target_shape: tuple[int, ...],
    output_shape: tuple[int, ...],
    weighted: Sequence[Any] = (),
) -> list[Metric]:
    """Return the metrics that names, functions, losses and metrics mean.

    Args:
        wanted: what `compile` was given. A name also names the values in the history, as typed.
            `"accuracy"` and `"crossentropy"` mean the kind that fits the shapes.
        target_shape: shape of a batch of targets.
        output_shape: shape of a batch of outputs.
        weighted: more of them, which follow; one whose name is taken gets `weighted_` in front.

    Raises:
        ValueError: a name is unknown.
    """
    metrics: list[Metric] = []
    for place, identifier in enumerate([*wanted, *weighted]):
        metric = _one(identifier, target_shape, output_shape)
        names = [other.name for other in metrics]
        if metric.name in names and place >= len(wanted):
            metric.name = f"weighted_{metric.name}"
        name, number = metric.name, 0
        while metric.name in names:
            number += 1
            metric.name = f"{name}_{number}"
        metrics.append(metric)
    return metrics


def check(identifier: Any) -> None:
    """Raise `ValueError` where `resolve` would for every shape.

    Args:
        identifier: one of what `compile` was given as metrics.

    Raises:
        ValueError: the name is unknown.
    """
    if not _kind_of_name(identifier):
        _one(identifier, (1, 1), (1, 1))


def _one(identifier: Any, target_shape: tuple[int, ...], output_shape: tuple[int, ...]) -> Metric:
    if isinstance(identifier, Metric):
        return identifier
    if isinstance(identifier, Loss):
        return LossMetric(identifier, identifier.name, None)
    if isinstance(identifier, str):
        classes = _kind_of_name(identifier)
        if classes:
            return classes[kind_of_targets(output_shape, target_shape)](name=identifier)
        metric = METRICS.get(identifier)
        metric = copy(metric) if isinstance(metric, Metric) else _from_function(metric)
        metric.name = identifier
        return metric
    metric = METRICS.get(identifier)
    return metric if isinstance(metric, Metric) else _from_function(metric)


def _from_function(function: Any) -> Any:
    if inspect.isclass(function):
        return function()
    return MeanMetricWrapper(function)


def _kind_of_name(identifier: Any) -> dict[str, Any] | None:
    if not isinstance(identifier, str):
        return None
    name = identifier.lower()
    return _BY_KIND.get(_SHORT.get(name, name))
