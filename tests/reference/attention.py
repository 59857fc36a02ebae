"""Attention of one row: `y[t] = sum_s drop[t, s] softmax_s(score[t, s]) v[s]`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .activations import Array


class Scores(NamedTuple):
    """How scores are made; each `None` is 1.

    `factor * inner * q . k`, or, where additive, `outer * sum_d u[d] tanh(inner (q[d] + k[d]))`.
    """

    additive: bool = False
    factor: float = 1.0
    inner: float | None = None
    outer: float | None = None
    u: Array | None = None


class Gradients(NamedTuple):
    dq: Array
    dk: Array
    dv: Array
    dinner: float
    douter: float
    du: Array


def attention_forward(
    q: Array, k: Array, v: Array, how: Scores, seen: Array | None = None, drop: Array | None = None
) -> tuple[Array, Array]:
    """`q` (T, D), `k` (S, D), `v` (S, V), `seen` and `drop` (T, S): y (T, V), weights (T, S).

    A step that sees nothing has no weights.
    """
    inner, outer = how.inner or 1.0, how.outer or 1.0
    if how.additive:
        u = np.ones(q.shape[1]) if how.u is None else how.u
        score = outer * (np.tanh(inner * (q[:, None] + k[None])) @ u)
    else:
        score = how.factor * inner * (q @ k.T)
    allowed = np.ones(score.shape, bool) if seen is None else seen
    most = np.where(allowed, score, -np.inf).max(axis=1, keepdims=True, initial=-1e300)
    e = np.where(allowed, np.exp(np.where(allowed, score - most, 0.0)), 0.0)
    total = e.sum(axis=1, keepdims=True)
    weights = e / np.where(total == 0, 1.0, total)
    return (weights if drop is None else weights * drop) @ v, weights


def attention_backward(
    q: Array, k: Array, v: Array, how: Scores, weights: Array, dy: Array, drop: Array | None = None
) -> Gradients:
    """From `dy` (T, V), and the `weights` that `attention_forward` gave."""
    inner, outer = how.inner or 1.0, how.outer or 1.0
    factors = np.ones_like(weights) if drop is None else drop
    dv = (weights * factors).T @ dy
    dweights = (dy @ v.T) * factors
    ds = weights * (dweights - (weights * dweights).sum(axis=1, keepdims=True))
    if not how.additive:
        dproduct = how.factor * ds
        dinner = float((dproduct * (q @ k.T)).sum())
        dproduct = dproduct * inner
        return Gradients(dproduct @ k, dproduct.T @ q, dv, dinner, 0.0, np.zeros(q.shape[1]))
    u = np.ones(q.shape[1]) if how.u is None else how.u
    x = q[:, None] + k[None]
    e = np.tanh(inner * x)
    da = outer * ds[..., None] * u * (1 - e * e)  # of inner * x
    return Gradients(
        inner * da.sum(axis=1),
        inner * da.sum(axis=0),
        dv,
        float((da * x).sum()),
        float((ds * (e @ u)).sum()),
        outer * (ds[..., None] * e).sum(axis=(0, 1)),
    )
