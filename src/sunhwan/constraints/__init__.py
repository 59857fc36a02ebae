"""What weights are held to after each step, with Keras's names and defaults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sunhwan._engine.absent import absent_names
from sunhwan._engine.registry import deserializer, serialize
from sunhwan.constraints.constraint import CONSTRAINTS, Constraint
from sunhwan.constraints.norms import MaxNorm, MinMaxNorm, NonNeg, UnitNorm

max_norm, min_max_norm, non_neg, unit_norm = MaxNorm, MinMaxNorm, NonNeg, UnitNorm

deserialize = deserializer(CONSTRAINTS)


def get(identifier: Any) -> Callable[[np.ndarray], np.ndarray] | None:
    """Return the constraint that `identifier` means.

    Args:
        identifier: a name (``"max_norm"``), a config, a class, a constraint, a function
            ``w -> w``, or `None` (stays `None`).

    Raises:
        ValueError: the name is unknown or the identifier is none of these.

    >>> get("unit_norm")
    UnitNorm(axis=0)
    """
    return CONSTRAINTS.get(identifier)


__all__ = [
    "Constraint",
    "MaxNorm",
    "MinMaxNorm",
    "NonNeg",
    "UnitNorm",
    "deserialize",
    "get",
    "max_norm",
    "min_max_norm",
    "non_neg",
    "serialize",
    "unit_norm",
]

__getattr__ = absent_names(__name__, __all__)
