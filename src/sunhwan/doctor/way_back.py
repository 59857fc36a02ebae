"""How gradients fare on their way back through the steps of a recurrent layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sunhwan._engine.layout import Layout
from sunhwan._engine.observer import by_distance, state_norms

FADED = 0.01  # share of the gradient at the last step that counts as gone
ROUNDING = 1e-6  # share of what comes from outside below which the rest is not known


@dataclass(frozen=True)
class Reach:
    """How far back through a recurrent layer a gradient comes.

    Args:
        steps: how many steps back less than `FADED` of its norm at the last step is left;
            `length` where more is left everywhere.
        length: of the longest row.
        growth: how many times as large a gradient becomes on its way back, at most.
        at: over how many steps it becomes so.
        kind: the class of the layer, `"CellLoop"` where its cell is the user's own.
        activation: the name of its activation, empty where it has none.
    """

    steps: int
    length: int
    growth: float
    at: int
    kind: str = "SimpleRNN"
    activation: str = "tanh"


class WayBack:
    """The gradient of the loss with respect to a layer's state, by how many steps follow.

    To what a step hands to the one before it, that one's own output may add a gradient from
    outside. It counts for how far the gradient comes, not for its growth.

    Args:
        kind, activation: as in `Reach`.
    """

    def __init__(self, kind: str = "SimpleRNN", activation: str = "tanh") -> None:
        self._layer = kind, activation
        self._parts: list[np.ndarray] = []

    def add(
        self,
        layout: Layout,
        gradients: Mapping[str, np.ndarray],
        doutput: np.ndarray | None = None,
        reverse: bool = False,
    ) -> None:
        """Add the rows of a slice.

        Args:
            layout: of the slice.
            gradients: what `Observer.state_gradients` is shown, `(P, H)` each.
            doutput: the part of that of `"state"` that came from outside, or `None`.
            reverse: whether the layer goes from a row's last step to its first.
        """
        norms = handed = by_distance(layout, state_norms(layout, gradients), reverse)
        if doutput is not None:
            with np.errstate(invalid="ignore"):  # infinite ones: see `reach`
                left = state_norms(layout, {**gradients, "state": gradients["state"] - doutput})
                left -= ROUNDING * state_norms(layout, {"state": doutput})
            handed = by_distance(layout, np.maximum(left, 0.0), reverse)
        there = ~np.isnan(norms)
        part = np.zeros((4, norms.shape[1]))
        part[0], part[1] = np.where(there, norms, 0).sum(axis=0), there.sum(axis=0)
        part[2, 1:] = np.where(there, handed, 0).sum(axis=0)[1:]
        part[3, 1:] = np.where(there[:, 1:], norms[:, :-1], 0).sum(axis=0)
        self._parts.append(part)

    @property
    def reach(self) -> Reach | None:
        """What came of it, `None` of no gradient at all or of one that is not finite."""
        sums = np.zeros((4, max((part.shape[1] for part in self._parts), default=0)))
        for part in self._parts:
            sums[:, : part.shape[1]] += part
        total, rows, handed, before = sums
        norms = total / np.maximum(rows, 1)
        if not len(norms) or not np.isfinite(sums).all() or norms[0] <= 0:
            return None
        faded = np.flatnonzero(norms < FADED * norms[0])
        grown = np.cumprod(np.divide(handed, before, out=np.ones(len(norms)), where=before > 0))
        at = int(grown.argmax())
        steps = int(faded[0]) if len(faded) else len(norms)
        return Reach(steps, len(norms), float(grown[at]), at, *self._layer)
