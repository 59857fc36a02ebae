"""Hidden units over time, and their way through their space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .gates import seen


@dataclass(frozen=True, repr=False)
class States:
    """The state of a recurrent layer after each step of a row, and its principal components.

    Args:
        values: layer -> `(steps, units)`, h after each step.
        projection: layer -> `(steps, 2)`: h less its mean, along the two directions in which it
            varies most (from the singular value decomposition).
        explained: layer -> the share of the variance along each of the two.
        steps: `(steps,)`, where these stand in the row.
        words: one for each of these steps, or `None`.

    >>> h = {"rnn": np.zeros((9, 4))}
    >>> States(h, {"rnn": np.zeros((9, 2))}, {"rnn": (0.8, 0.1)}, np.arange(9))
    <States: rnn (9, 4)>
    """

    values: dict[str, np.ndarray]
    projection: dict[str, np.ndarray]
    explained: dict[str, tuple[float, float]]
    steps: np.ndarray
    words: list[str] | None = None

    def __repr__(self) -> str:
        named = ", ".join(f"{name} {each.shape}" for name, each in self.values.items())
        return f"<States: {named}>"

    def plot(self, figure: Any = None) -> Any:
        """Draw of each layer the units over the steps, and beside them their projection.

        Args:
            figure: a matplotlib figure to draw into, which keeps its size; default a new one.

        Returns:
            The matplotlib figure. Units go from blue (negative) over the ground (0) to orange;
            the way of the projection goes from its circle, the first step, to its square. The
            labels of its axes say which share of the variance lies along each.

        Raises:
            ImportError: matplotlib is missing; `pip install 'sunhwan[plot]'` brings it.
        """
        from .states_picture import draw

        return draw(self, figure)


def states(
    model: Any, x: Any, *, layer: str | None = None, words: Any = None, call: int = 0
) -> States:
    """The hidden units of a recurrent layer over time, and the plane in which they move most.

    Args:
        model: the model.
        x: one row, as in `gates`.
        layer: name of the recurrent layer; default the last one.
        words: as in `gates`.
        call: as in `gates`.

    Raises:
        TypeError: as in `gates`.
        ValueError: as in `gates`.

    >>> import numpy as np, sunhwan as sh
    >>> model = sh.Sequential([sh.layers.GRU(4, name="gru"), sh.layers.Dense(1)])
    >>> found = states(model, np.ones((9, 1)))
    >>> found.values["gru"].shape, found.projection["gru"].shape
    ((9, 4), (9, 2))
    """
    gates = seen(model, x, layer, words, call, "states")
    values = {name: each["state"] for name, each in gates.values.items()}
    found = {name: _components(each) for name, each in values.items()}
    return States(
        values,
        {name: projection for name, (projection, _) in found.items()},
        {name: shares for name, (_, shares) in found.items()},
        gates.steps,
        gates.words,
    )


def _components(values: np.ndarray) -> tuple[np.ndarray, tuple[float, float]]:
    """The projection `(steps, 2)` on the two principal components, and their shares."""
    centered = values.astype(np.float64) - values.mean(axis=0, dtype=np.float64)
    left, lengths, _ = np.linalg.svd(centered, full_matrices=False)
    scores = np.zeros((len(values), 2))
    count = min(2, len(lengths))
    scores[:, :count] = left[:, :count] * lengths[:count]
    total = float((lengths**2).sum())
    shares = [*(lengths[:2] ** 2 / total if total else []), 0.0, 0.0]
    return scores, (float(shares[0]), float(shares[1]))
