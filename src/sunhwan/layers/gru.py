"""GRU: the gated recurrent unit."""

from __future__ import annotations

from typing import Any, final

from sunhwan import activations
from sunhwan._engine.arguments import check_flag

from .recurrent import Recurrent
from .registry import LAYERS


@final
@LAYERS.register()
class GRU(Recurrent):
    """The gated recurrent unit (Cho et al., 2014), in two forms.

        a_z, a_r, a_h = x[t] W + b
        u_z, u_r, u_h = h[t-1] U + b_recurrent
        z, r = recurrent_activation(a_z + u_z), recurrent_activation(a_r + u_r)
        candidate = activation(a_h + r * u_h)                          with reset_after
        candidate = activation(a_h + (r * h[t-1]) U_h)                 without
        h[t] = z * h[t-1] + (1 - z) * candidate

    Inputs `(rows, steps, features)` give `(rows, units)`, or with `return_sequences`
    `(rows, steps, units)`; the one state is `h`. The weights are `kernel` W
    `(features, 3 * units)`, `recurrent_kernel` U `(units, 3 * units)` and `bias`, the gates in the
    order z, r, h: `(2, 3 * units)` with `reset_after`, b then b_recurrent; else b alone,
    `(3 * units,)`. Masked steps are skipped.

    Args:
        units: numbers of the state.
        activation: default `"tanh"`.
        recurrent_activation: of the gates, default `"sigmoid"`.
        use_bias, kernel_initializer, recurrent_initializer, bias_initializer: as in `Recurrent`.
        reset_after: whether the reset gate comes after the product; default true.
        use_cudnn: accepted for Keras's sake, without effect.
        kwargs: as in `Recurrent`.

    Raises:
        ValueError: as in `Recurrent`.

    >>> import numpy as np
    >>> layer = GRU(4, return_sequences=True)
    >>> layer(np.zeros((2, 3, 5))).shape, layer.bias.shape, layer.count_params()
    ((2, 3, 4), (2, 12), 132)
    """

    cell = "gru"
    gate_names = ("update", "reset", "candidate")

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        *,
        reset_after: bool = True,
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
        self.reset_after = check_flag("reset_after", reset_after)
        self.use_cudnn = use_cudnn

    @property
    def cell_name(self) -> str:
        return "gru" if self.reset_after else "gru_reset_before"

    @property
    def bias_shape(self) -> tuple[int, ...]:
        columns = 3 * self.units
        return (2, columns) if self.reset_after else (columns,)
