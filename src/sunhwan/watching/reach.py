"""How far back the gradient of the loss reaches in recurrent layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sunhwan._engine.context import Context
from sunhwan._engine.observer import Observer, by_distance, state_norms

from .names import Names


class Reach(Observer):
    """Of each recurrent layer the gradient of the loss with respect to the state, by distance.

    Args:
        names: of the model's layers.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._sums: dict[tuple[str, str], tuple[np.ndarray, np.ndarray]] = {}

    def state_gradients(
        self, layer: Any, context: Context, gradients: Mapping[str, np.ndarray]
    ) -> None:
        """Add the norms of a slice."""
        place = self._names.owners.get(id(layer))
        if place is None or context.layout is None:
            return
        norms = state_norms(context.layout, gradients)
        rows = by_distance(context.layout, norms, layer.go_backwards)
        sums, counts = np.nansum(rows, axis=0), np.count_nonzero(~np.isnan(rows), axis=0)
        if place in self._sums:
            sums, counts = (
                _sum(*pair) for pair in zip((sums, counts), self._sums[place], strict=True)
            )
        self._sums[place] = sums, counts

    @property
    def found(self) -> dict[str, dict[str, np.ndarray]]:
        """Layer -> owner -> mean norm of the gradient, from the last step of a row on backwards."""
        found: dict[str, dict[str, np.ndarray]] = {}
        for (name, owner), (sums, counts) in self._sums.items():
            found.setdefault(name, {})[owner] = sums / np.maximum(counts, 1)
        return found


def _sum(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The sum of two arrays, the shorter of which is continued by zeros."""
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    total = longer.copy()
    total[: len(shorter)] += shorter
    return total
