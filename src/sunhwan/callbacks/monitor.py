"""Watching one value for getting better."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import Any

_HIGHER_IS_BETTER = (
    "acc",
    "auc",
    "precision",
    "recall",
    "f1",
    "fbeta",
    "r2",
    "top_k",
    "sensitivity",
    "specificity",
)


class Monitor:
    """Compares the values of one name from epoch to epoch.

    Args:
        name: which value of the epoch's logs, `"val_loss"`.
        mode: `"min"`, `"max"`, or `"auto"`: by the name.
        min_delta: a change of less is no improvement.
        owner: the callback's name, for messages.

    Raises:
        ValueError: the mode is none of these, or `"auto"` cannot tell it.
    """

    def __init__(self, name: str, mode: str, min_delta: float, owner: str) -> None:
        if mode not in ("auto", "min", "max"):
            raise ValueError(f"mode of {owner} must be 'auto', 'min' or 'max', got {mode!r}")
        if not isinstance(name, str):
            raise ValueError(f"monitor of {owner} must be a name such as 'val_loss', got {name!r}")
        self.name = name
        self.owner = owner
        if mode == "auto":
            plain = name.removeprefix("val_").lower()
            mode = "max" if any(word in plain for word in _HIGHER_IS_BETTER) else "min"
        self.sign = 1.0 if mode == "max" else -1.0
        self.min_delta = abs(min_delta)

    @property
    def worst(self) -> float:
        """The value that any other improves on."""
        return -self.sign * math.inf

    def read(self, logs: Mapping[str, Any] | None) -> float | None:
        """The watched value, or `None` with a warning that names what there is."""
        value = (logs or {}).get(self.name)
        if value is None:
            warnings.warn(
                f"{self.owner} watches {self.name!r}, which is not there; there are: "
                f"{', '.join(logs or {})}",
                stacklevel=2,
            )
            return None
        return float(value)

    def improves(self, value: float, best: float) -> bool:
        """Whether `value` is better than `best` by more than `min_delta`."""
        return self.sign * (value - best) > self.min_delta or (
            math.isinf(best) and best == self.worst and not math.isnan(value)
        )
