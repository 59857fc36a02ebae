"""Weights of classes, as weights of rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from sunhwan._engine.arguments import check_not_negative, check_number

from .data import Examples


def apply_class_weight(source: Examples, class_weight: dict[int, float]) -> Examples:
    """The same examples with each row weighted by its label's factor, 1 for labels not named.

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
    if isinstance(y, list) or y.ndim > 2:
        raise ValueError("class_weight needs one label a row, got a target for each step")
    labels = y if y.ndim == 1 else (y[:, 0] if y.shape[1] == 1 else y.argmax(axis=1))
    labels = np.round(labels).astype(np.int64)
    weight = np.ones(len(labels), np.float32)
    for label, factor in class_weight.items():
        number = check_not_negative(f"the class_weight of label {label!r}", factor)
        check_number("a label of class_weight", label, "a whole number", float.is_integer)
        weight[labels == int(label)] = number
    return replace(source, weight=weight)
