"""The product `values @ weights` of a cell with several gates, with a dropout mask for each gate.

`weights` is (K, G*H): the columns of gate g are `g*H .. (g+1)*H`. `dropout` is (G, N, K): what gate
g multiplies `values` (N, K) by before its product.
"""

from __future__ import annotations

import numpy as np

from .activations import Array


def split(array: Array, gates: int) -> list[Array]:
    """The parts of (..., G*H) that belong to each gate, each (..., H)."""
    return np.split(array, gates, axis=-1)


def dropout_per_gate(dropout: Array | None, gates: int, rows: int, width: int) -> Array:
    """(G, N, K) multipliers from None (no dropout), (N, K) (all gates alike) or (G, N, K)."""
    shape = (gates, rows, width)
    if dropout is None:
        return np.ones(shape)
    return np.broadcast_to(dropout, shape)


def product(values: Array, weights: Array, dropout: Array) -> Array:
    """(N, G*H): for each gate, `(values * dropout[g]) @ weights[:, gate g]`."""
    parts = split(weights, len(dropout))
    return np.concatenate([(values * d) @ w for d, w in zip(dropout, parts, strict=True)], axis=1)


def product_backward(
    d_product: Array, values: Array, weights: Array, dropout: Array
) -> tuple[Array, Array]:
    """The gradients of `values` and of `weights`."""
    gates = len(dropout)
    d_values = np.zeros_like(values)
    d_weights = []
    for d_part, w, d in zip(split(d_product, gates), split(weights, gates), dropout, strict=True):
        d_values += (d_part @ w.T) * d
        d_weights.append((values * d).T @ d_part)
    return d_values, np.concatenate(d_weights, axis=1)
