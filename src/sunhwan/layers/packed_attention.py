"""Attention over the steps that exist: no padding is computed."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sunhwan import _core
from sunhwan._engine.context import Context
from sunhwan._engine.layout import Layout
from sunhwan._engine.variable import Variable


class Scoring(NamedTuple):
    """How a step of the query is compared with one of the memory (see core/kernels/attention.h).

    Args:
        additive: whether scores are sums over tanh, not products.
        heads: how many lie side by side in a step.
        factor: of the products.
        inner, outer: variables of one number, or `None` for 1.
        weights: a variable of one number for each summand, or `None`.
    """

    additive: bool = False
    heads: int = 1
    factor: float = 1.0
    inner: Variable | None = None
    outer: Variable | None = None
    weights: Variable | None = None


class PackedAttention:
    """Attention in one slice of a batch.

    Args:
        scoring: how scores are made.
        query: where the steps `P` of the query stand.
        memory: where the steps `Q` of keys and values stand, in as many rows.
        causal: whether a step of the query sees no later one of the memory.
        mask: what the steps of the query see, by their times, `(N, heads, T, S)`, where each axis
            may be of 1; zero where not. `None`: all.
        drop: makes of (rows, times, columns) the factors `(len(rows), columns)` of the weights, or
            `None`.
        keep: whether the weights are kept, for `backward` and `scores`.
    """

    def __init__(
        self,
        scoring: Scoring,
        query: Layout,
        memory: Layout,
        context: Context,
        causal: bool = False,
        mask: np.ndarray | None = None,
        drop: Any = None,
        keep: bool = False,
    ) -> None:
        self._scoring, self._query, self._memory = scoring, query, memory
        self._context, self._keep = context, keep
        heads = scoring.heads
        self._causal, self._mask = causal, mask
        self._drop = None
        if drop is not None:
            rows, times = np.repeat(query.step_rows, heads), np.repeat(query.times, heads)
            times = times * heads + np.tile(np.arange(heads, dtype=np.int32), query.steps)
            self._drop = drop(rows, times.astype(np.int32), int(memory.lengths.max(initial=0)))
        # Where the weights of each row begin, all 0 where none are kept.
        self._offsets = np.zeros(query.rows + 1, np.int64)
        if keep:
            np.cumsum(heads * query.lengths * memory.lengths, out=self._offsets[1:])
        self._weights = context.empty((int(self._offsets[-1]),))

    def forward(self, q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
        """`(P, heads * V)` of queries `(P, heads * D)`, keys `(Q, heads * D)`, values."""
        self._inputs = q, k, v
        y = self._context.empty((len(q), v.shape[1]))
        timed = self._causal or self._mask is not None
        _core.attention(
            *self._inputs,
            self._query.offsets,
            self._memory.offsets,
            y,
            **self._told(),
            q_times=self._query.times if timed else None,
            k_times=self._memory.times if timed else None,
            k_rows=self._memory.readers,
            causal=self._causal,
            mask=self._mask,
            w_offsets=self._offsets if self._keep else None,
            weights=self._weights if self._keep else None,
        )
        return y

    def backward(self, dy: np.ndarray, dscores: np.ndarray | None = None) -> list[np.ndarray]:
        """Gradients of queries, keys and values; adds to those of the scoring's variables.

        `dscores` is that of what `scores` gave.
        """
        scoring = self._scoring
        dq, dk, dv = (self._context.empty(part.shape) for part in self._inputs)
        _core.attention_backward(
            *self._inputs,
            self._query.offsets,
            self._memory.offsets,
            self._offsets,
            self._weights,
            dy,
            dq,
            dk,
            dv,
            **self._told(),
            dweights=None if dscores is None else dscores.reshape(-1)[self._places()],
            dinner=_gradient(scoring.inner),
            douter=_gradient(scoring.outer),
            du=_gradient(scoring.weights),
        )
        return [dq, dk, dv]

    def scores(self) -> np.ndarray:
        """The weights with which the values were mixed, `(N, heads, T, S)`; absent steps have 0."""
        rows, heads = self._query.rows, self._scoring.heads
        scores = self._context.zeros((rows, heads, self._query.width, self._memory.width))
        weights = self._weights
        if self._drop is not None:
            weights = weights * self._drop[self._steps()]
        scores.reshape(-1)[self._places()] = weights
        return scores

    def _told(self) -> dict[str, Any]:
        scoring = self._scoring
        return {
            "heads": scoring.heads,
            "additive": scoring.additive,
            "factor": scoring.factor,
            "inner": _numbers(scoring.inner),
            "outer": _numbers(scoring.outer),
            "u": _numbers(scoring.weights),
            "drop": self._drop,
        }

    def _steps(self) -> tuple[np.ndarray, np.ndarray]:
        """Of each weight its step and head of the query, and which own step of the memory it is."""
        heads, lengths, others = self._scoring.heads, self._query.lengths, self._memory.lengths
        # The weights of a row are those of its first head, step by step, then of the next head.
        rows = np.repeat(np.arange(len(lengths)), lengths * others * heads)
        place = np.arange(len(rows)) - self._offsets[rows]
        head, place = np.divmod(place, (lengths * others)[rows])
        step, column = np.divmod(place, others[rows])
        return (self._query.offsets[rows] + step) * heads + head, column

    def _places(self) -> np.ndarray:
        """Where each weight stands in what `scores` gives."""
        query, column = self._steps()
        step, head = np.divmod(query, self._scoring.heads)
        row = np.repeat(np.arange(self._query.rows), self._query.lengths)[step]
        time = self._query.times[step].astype(np.int64)
        other = self._memory.times[self._memory.offsets[row] + column]
        place = (row * self._scoring.heads + head) * self._query.width + time
        return place * self._memory.width + other


def _numbers(variable: Variable | None) -> np.ndarray | None:
    return None if variable is None else variable.value.reshape(-1)


def _gradient(variable: Variable | None) -> np.ndarray | None:
    return None if variable is None or not variable.trainable else variable.grad.reshape(-1)
