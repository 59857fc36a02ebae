"""Keras 2's hard sigmoid by means of Keras 3's.

Keras 2 has `clip(0.2 x + 0.5, 0, 1)`, Keras 3 (and we) `clip(x / 6 + 0.5, 0, 1)`: the same function
of `1.2 x`. So the weights that make such a pre-activation are taken 1.2 times.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

_FACTOR = np.float32(1.2)
_NAME = "hard_sigmoid"

# Which gates of a cell go through an activation alone, in the order of the weights' columns.
_GATES = {
    "LSTM": {"recurrent_activation": (1, 1, 0, 1)},
    "GRU": {"recurrent_activation": (1, 1, 0), "activation": (0, 0, 1)},
    "SimpleRNN": {"activation": (1,)},
    "Dense": {"activation": (1,)},
    "Conv1D": {"activation": (1,)},
    "Conv2D": {"activation": (1,)},
}


def hard_sigmoid_scales(
    kind: str, config: Mapping[str, Any], where: str
) -> Callable[[list[np.ndarray]], list[np.ndarray]] | None:
    """What the weights of a layer of Keras 2 go through, or `None` where it has no such gate.

    Raises:
        ValueError: what goes through it is not made by weights alone.
    """
    arguments = [
        name for name in ("activation", "recurrent_activation") if config.get(name) == _NAME
    ]
    if not arguments:
        return None
    known = _GATES.get(kind.removesuffix("Cell"), {})
    for argument in arguments:
        if argument not in known:
            raise ValueError(
                f"{where}: argument {argument!r}: the 'hard_sigmoid' of Keras 2 is not known here "
                "(that of Keras 3 has another slope)"
            )
    through = np.sum([known[argument] for argument in arguments], axis=0) > 0
    factors = np.where(through, _FACTOR, np.float32(1.0))

    def scale(weights: list[np.ndarray]) -> list[np.ndarray]:
        return [array * np.repeat(factors, array.shape[-1] // len(factors)) for array in weights]

    return scale
