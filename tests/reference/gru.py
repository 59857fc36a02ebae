"""GRU, gates in the order z, r, h (Cho et al. 2014), in Keras's two forms.

    z = g(a_z + u_z)   r = g(a_r + u_r)     a = x W + b,  u = h_previous U
    h = z * h_previous + (1 - z) * candidate

    reset_after=True:   candidate = k(a_h + r * u_h)               u = h_previous U + b_state
    reset_after=False:  candidate = k(a_h + (r * h_previous) U_h)

g is `recurrent_activation` and k is `activation`. With `reset_after=True` the bias is (2, 3*H): b,
then b_state. Recurrent dropout multiplies h_previous in the products only, not in the last line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from .activations import ACTIVATIONS, Array
from .gates import product, product_backward, split
from .recurrent import (
    Cache,
    Dropout,
    Gradients,
    Outputs,
    Weights,
    recurrent_backward,
    recurrent_forward,
)


class Saved(NamedTuple):
    x: Array  # (N, I)
    h: Array  # (N, H), before the step
    a_z: Array  # (N, H) each: pre-activations
    a_r: Array
    a_candidate: Array
    u_h: Array  # (N, H), what r multiplies with reset_after; else unused


@dataclass(frozen=True)
class GRUCell:
    activation: str = "tanh"
    recurrent_activation: str = "sigmoid"
    reset_after: bool = True
    gates: int = 3
    state_count: int = 1

    def step(
        self, x: Array, states: list[Array], weights: Weights, dropout: Dropout
    ) -> tuple[list[Array], Saved]:
        g = ACTIVATIONS[self.recurrent_activation].function
        k = ACTIVATIONS[self.activation].function
        (h,) = states
        units = h.shape[1]
        a = product(x, weights.kernel, dropout.inputs)
        if self.reset_after:
            u = product(h, weights.recurrent_kernel, dropout.state)
            if weights.bias is not None:
                a = a + weights.bias[0]
                u = u + weights.bias[1]
            a_z, a_r, a_h = split(a, 3)
            u_z, u_r, u_h = split(u, 3)
            a_z = a_z + u_z
            a_r = a_r + u_r
            r = g(a_r)
            a_candidate = a_h + r * u_h
        else:
            if weights.bias is not None:
                a = a + weights.bias
            a_z, a_r, a_h = split(a, 3)
            kernel_zr, kernel_h = _split_candidate(weights.recurrent_kernel, units)
            u_z, u_r = split(product(h, kernel_zr, dropout.state[:2]), 2)
            a_z = a_z + u_z
            a_r = a_r + u_r
            r = g(a_r)
            u_h = product(r * h, kernel_h, dropout.state[2:])
            a_candidate = a_h + u_h
        z = g(a_z)
        h_new = z * h + (1.0 - z) * k(a_candidate)
        return [h_new], Saved(x, h, a_z, a_r, a_candidate, u_h)

    def step_backward(
        self, d_states: list[Array], saved: Saved, weights: Weights, dropout: Dropout
    ) -> tuple[Array, list[Array], Weights]:
        g, d_g = ACTIVATIONS[self.recurrent_activation]
        k, d_k = ACTIVATIONS[self.activation]
        (dh_new,) = d_states
        x, h, a_z, a_r, a_candidate, u_h = saved
        units = h.shape[1]
        z, r = g(a_z), g(a_r)

        dz = dh_new * (h - k(a_candidate))
        dh = dh_new * z
        da_z = dz * d_g(a_z)
        da_candidate = dh_new * (1.0 - z) * d_k(a_candidate)
        if self.reset_after:
            dr = da_candidate * u_h
            da_r = dr * d_g(a_r)
            du = np.concatenate([da_z, da_r, da_candidate * r], axis=1)
            dh_product, drecurrent_kernel = product_backward(
                du, h, weights.recurrent_kernel, dropout.state
            )
            dh = dh + dh_product
        else:
            kernel_zr, kernel_h = _split_candidate(weights.recurrent_kernel, units)
            d_reset_h, dkernel_h = product_backward(
                da_candidate, r * h, kernel_h, dropout.state[2:]
            )
            dr = d_reset_h * h
            da_r = dr * d_g(a_r)
            du = np.concatenate([da_z, da_r], axis=1)
            dh_product, dkernel_zr = product_backward(du, h, kernel_zr, dropout.state[:2])
            dh = dh + dh_product + d_reset_h * r
            drecurrent_kernel = np.concatenate([dkernel_zr, dkernel_h], axis=1)

        da = np.concatenate([da_z, da_r, da_candidate], axis=1)
        dx, dkernel = product_backward(da, x, weights.kernel, dropout.inputs)
        dbias = da.sum(axis=0)
        if self.reset_after:
            dbias = np.stack([dbias, du.sum(axis=0)])
        return dx, [dh], Weights(dkernel, drecurrent_kernel, dbias)


def _split_candidate(recurrent_kernel: Array, units: int) -> tuple[Array, Array]:
    """The columns of z and r, (H, 2*H), and those of the candidate, (H, H)."""
    return recurrent_kernel[:, : 2 * units], recurrent_kernel[:, 2 * units :]


def gru_forward(
    x: Array,
    kernel: Array,
    recurrent_kernel: Array,
    bias: Array | None,
    *,
    activation: str = "tanh",
    recurrent_activation: str = "sigmoid",
    reset_after: bool = True,
    **options: Any,
) -> tuple[Outputs, Cache]:
    """`x` (N, T, I), `kernel` (I, 3*H), `recurrent_kernel` (H, 3*H); state: h.

    `bias` is (2, 3*H) with `reset_after`, else (3*H,). The other options are those of
    `recurrent_forward`.
    """
    cell = GRUCell(activation, recurrent_activation, reset_after)
    return recurrent_forward(cell, x, kernel, recurrent_kernel, bias, **options)


def gru_backward(
    cache: Cache,
    d_sequence: Array | None = None,
    d_last: Array | None = None,
    d_states: list[Array] | None = None,
) -> Gradients:
    return recurrent_backward(cache, d_sequence, d_last, d_states)
