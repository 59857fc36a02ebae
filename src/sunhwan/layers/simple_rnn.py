"""SimpleRNN: the fully connected recurrent layer."""

from __future__ import annotations

from typing import final

from .recurrent import Recurrent
from .registry import LAYERS


@final
@LAYERS.register()
class SimpleRNN(Recurrent):
    """The output of a step is also the state that the next one reads (Elman, 1990).

        h[t] = activation(x[t] W + b + h[t-1] U)

    Inputs `(rows, steps, features)` give `(rows, units)`, or with `return_sequences`
    `(rows, steps, units)`; the one state is `h`. The weights are `kernel` W `(features, units)`,
    `recurrent_kernel` U `(units, units)` and `bias` b `(units,)`. Masked steps are skipped.

    Args:
        units: numbers of the state.
        activation: default `"tanh"`.
        kwargs: as in `Recurrent`.

    Raises:
        ValueError: as in `Recurrent`.

    >>> import numpy as np
    >>> layer = SimpleRNN(1, activation="linear", kernel_initializer="ones",
    ...                   recurrent_initializer="ones", return_sequences=True)
    >>> layer(np.array([[[1.0], [2.0], [3.0]]])).ravel()
    array([1., 3., 6.], dtype=float32)
    """

    cell = "simple_rnn"
