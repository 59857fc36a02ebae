"""Weights of classes, as weights of rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from sunhwan._engine.arguments import check_not_negative, check_number

from .data import Examples


def apply_class_weight(source: Examples, class_weight: dict[int, float], rank: int = 2) -> Examples:
    """The same examples with each label weighted by its factor, 1 for labels not named.

    Args:
        source: examples with a label for each row, or for each step of a row.
        class_weight: label -> factor.
        rank: axes of the output.

    Raises:
        ValueError: rows have weights already, the targets are no labels, or `class_weight` is no
            dictionary of finite factors of 0 or more.
    """
    if not isinstance(class_weight, Mapping):
        raise ValueError(
            f"class_weight must be a dict of label: factor, got {class_weight!r} of type "
            f"{type(class_weight).__name__}"
        )
    if source.weight is not None:
        raise ValueError("class_weight and sample weights cannot both be given")
    y: Any = source.y
    if isinstance(y, tuple):
        raise ValueError("class_weight needs a model of one output; use sample_weight")
    factors = _factors(class_weight)
    if isinstance(y, list):
        weights = _weights(np.concatenate(y), factors, rank - 1)
        return replace(source, weight=np.split(weights, np.cumsum([len(row) for row in y])[:-1]))
    return replace(source, weight=_weights(y, factors, rank))


def _factors(class_weight: Mapping[Any, float]) -> dict[int, float]:
    factors = {}
    for label, factor in class_weight.items():
        number = check_not_negative(f"the class_weight of label {label!r}", factor)
        check_number("a label of class_weight", label, "a whole number", float.is_integer)
        factors[int(label)] = number
    return factors


def _weights(y: np.ndarray, factors: Mapping[int, float], rank: int) -> np.ndarray:
    """The factor of each label; `y` holds labels, or a number for each class, of `rank` axes."""
    if y.ndim > rank:
        raise ValueError(f"class_weight needs labels, got targets of {y.ndim} axes")
    labels = y
    if y.ndim == rank:
        labels = y[..., 0] if y.shape[-1] == 1 else y.argmax(axis=-1)
    labels = np.round(labels).astype(np.int64)
    weights = np.ones(labels.shape, np.float32)
    for label, factor in factors.items():
        weights[labels == label] = factor
    return weights
