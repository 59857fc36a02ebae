"""Weights of classes, as weights of rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from .data import Examples


def apply_class_weight(source: Examples, class_weight: dict[int, float]) -> Examples:
    """The same examples with each row weighted by its label's factor, 1 for labels not named.

    Raises:
        ValueError: rows have weights already, the targets are no labels, or `class_weight` is no
            dictionary of finite factors.
    """
    if not isinstance(class_weight, Mapping):
        raise ValueError(
            f"class_weight must be a dict of label: factor, got {class_weight!r} of type "
            f"{type(class_weight).__name__}"
        )
    if source.weight is not None:
        raise ValueError("class_weight and sample weights cannot both be given")
    y: Any = source.y
    if isinstance(y, list) or y.ndim > 2:
        raise ValueError("class_weight needs one label a row, got a target for each step")
    labels = y if y.ndim == 1 else (y[:, 0] if y.shape[1] == 1 else y.argmax(axis=1))
    labels = np.round(labels).astype(np.int64)
    weight = np.ones(len(labels), np.float32)
    for label, factor in class_weight.items():
        if not np.isfinite(factor):
            raise ValueError(f"class_weight must hold finite factors, got {factor} for {label}")
        weight[labels == int(label)] = factor
    return replace(source, weight=weight)
