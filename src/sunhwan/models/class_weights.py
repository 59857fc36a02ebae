"""Weights of classes, as weights of rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from .data import Examples


def apply_class_weight(source: Examples, class_weight: dict[int, float]) -> Examples:
    """The same examples with each row weighted by its label's factor, 1 for labels not named.

    Raises:
        ValueError: rows have weights already, or the targets are no labels.
    """
    if source.weight is not None:
        raise ValueError("class_weight and sample weights cannot both be given")
    y: Any = source.y
    if isinstance(y, list) or y.ndim > 2:
        raise ValueError("class_weight needs one label a row, got a target for each step")
    labels = y if y.ndim == 1 else (y[:, 0] if y.shape[1] == 1 else y.argmax(axis=1))
    labels = np.round(labels).astype(np.int64)
    weight = np.ones(len(labels), np.float32)
    for label, factor in class_weight.items():
        weight[labels == int(label)] = factor
    return replace(source, weight=weight)
