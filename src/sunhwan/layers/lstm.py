"""LSTM: long short-term memory."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from sunhwan import activations, initializers
from sunhwan._engine.arguments import check_flag

from .recurrent import Recurrent
from .registry import LAYERS


@final
@LAYERS.register()
class LSTM(Recurrent):
    """Long short-term memory (Hochreiter and Schmidhuber, 1997; forget gate: Gers et al., 2000).

        z_i, z_f, z_c, z_o = x[t] W + b + h[t-1] U
        i, f, o = recurrent_activation(z_i), recurrent_activation(z_f), recurrent_activation(z_o)
        c[t] = f * c[t-1] + i * activation(z_c)
        h[t] = o * activation(c[t])

    Inputs `(rows, steps, features)` give `(rows, units)`, or with `return_sequences`
    `(rows, steps, units)`; the states are `h` and `c`. The weights are `kernel` W
    `(features, 4 * units)`, `recurrent_kernel` U `(units, 4 * units)` and `bias` b
    `(4 * units,)`, the gates in the order i, f, c, o. Masked steps are skipped.

    Args:
        units: numbers of a state.
        activation: default `"tanh"`.
        recurrent_activation: of the gates, default `"sigmoid"`.
        use_bias, kernel_initializer, recurrent_initializer, bias_initializer: as in `Recurrent`.
        unit_forget_bias: whether the forget gate's bias begins with ones; default true.
        use_cudnn: accepted for Keras's sake, without effect.
        kwargs: as in `Recurrent`.

    Raises:
        ValueError: as in `Recurrent`.

    >>> import numpy as np
    >>> layer = LSTM(4, return_state=True)
    >>> output, h, c = layer(np.zeros((2, 3, 5)))
    >>> output.shape, c.shape, layer.count_params()
    ((2, 4), (2, 4), 160)
    """

    cell = "lstm"
    gate_names = ("input", "forget", "candidate", "output")

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        *,
        use_cudnn: Any = "auto",
        **kwargs: Any,
    ) -> None:
        super().__init__(
            units,
            activation,
            use_bias,
            kernel_initializer,
            recurrent_initializer,
            bias_initializer,
            **kwargs,
        )
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = check_flag("unit_forget_bias", unit_forget_bias)
        self.use_cudnn = use_cudnn

    def initializer_of(self, kind: str) -> Any:
        if kind != "bias" or not self.unit_forget_bias:
            return super().initializer_of(kind)
        return self._bias_with_ones

    def _bias_with_ones(self, shape: tuple[int, ...], dtype: Any = None) -> np.ndarray:
        start = initializers.get(self.bias_initializer or "zeros")
        assert start is not None
        return np.concatenate([start((self.units,)), np.ones(self.units), start((2 * self.units,))])
