"""What `compile` is given, sorted by outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sunhwan._engine.arguments import check_number

from .measures import Measures
from .objective import Objective
from .objectives import Objectives
from .output_measures import OutputMeasures
from .structure import Structure


def compiled(
    outputs: Structure, loss: Any, loss_weights: Any, metrics: Any, weighted_metrics: Any
) -> tuple[Any, Any]:
    """The objective and the measures of a model with these outputs.

    Raises:
        ValueError: a name is unknown, or what is given by outputs does not fit them.
    """
    names = outputs.names
    if len(names) == 1:
        factor = _one(loss_weights, names[0], "loss_weights")
        factor = 1.0 if factor is None else _checked_factor(factor)
        plain = _flat(_one(metrics, names[0], "metrics"))
        weighted = _flat(_one(weighted_metrics, names[0], "weighted_metrics"))
        objective = Objective(_one(loss, names[0], "loss"), factor, bool(plain or weighted))
        return objective, Measures(plain, weighted)
    losses = outputs.split(loss, "loss", of_each=True)
    factors = [1.0] * len(names)
    if loss_weights is not None:
        factors = [
            1.0 if factor is None else _checked_factor(factor)
            for factor in outputs.split(loss_weights, "loss_weights")
        ]
    plain = _by_output(outputs, metrics, "metrics")
    weighted = _by_output(outputs, weighted_metrics, "weighted_metrics")
    shows = [bool(one or other) for one, other in zip(plain, weighted, strict=True)]
    objectives = [
        None if one is None else Objective(one, shows=shown)
        for one, shown in zip(losses, shows, strict=True)
    ]
    has_loss = [one is not None for one in losses]
    by_name = isinstance(loss, Mapping) and set(loss) <= set(names)
    order = [names.index(name) for name in loss] if by_name else range(len(names))
    measures = OutputMeasures(names, has_loss, plain, weighted, order)
    return Objectives(objectives, factors, shows), measures


def check_names(loss: Any, metrics: Any) -> None:
    """Check the names of losses and metrics of a model whose outputs are not known yet.

    Raises:
        ValueError: a name is unknown.
    """
    for name in _names_in(loss):
        Objective(name)
    for name in _names_in(metrics):
        Measures([name], [])


def _names_in(given: Any) -> list[str]:
    if isinstance(given, str):
        return [given]
    if isinstance(given, Mapping):
        given = list(given.values())
    parts = given if isinstance(given, (list, tuple)) else ()
    return [name for part in parts for name in _names_in(part)]


def _one(value: Any, name: str, what: str) -> Any:
    """What is meant for the one output."""
    if isinstance(value, Mapping) and "class_name" not in value:
        if set(value) != {name}:
            raise ValueError(
                f"{what} must go by the name of the output, {name!r}, got "
                f"{', '.join(map(repr, value)) or 'no name'}"
            )
        return value[name]
    return value[0] if isinstance(value, (list, tuple)) and len(value) == 1 else value


def _flat(metrics: Any) -> list[Any]:
    if metrics is None:
        return []
    return list(metrics) if isinstance(metrics, (list, tuple)) else [metrics]


def _checked_factor(factor: Any) -> float:
    return check_number("loss_weights", factor, "a finite number for each output")


def _by_output(outputs: Structure, metrics: Any, what: str) -> list[list[Any]]:
    """The metrics of each output; a dictionary may leave some out."""
    if metrics is None:
        return [[] for _ in outputs.names]
    if isinstance(metrics, Mapping) and set(metrics) <= set(outputs.names):
        return [_flat(metrics.get(name)) for name in outputs.names]
    return [_flat(one) for one in outputs.split(metrics, what)]
