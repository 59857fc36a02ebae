"""Attention: scores that are products."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from sunhwan import _core
from sunhwan._engine.arguments import check_flag
from sunhwan._engine.context import Context
from sunhwan._engine.variable import Variable

from .attending import Attending
from .registry import LAYERS

SCORE_MODES = ("dot", "concat")


@final
@LAYERS.register()
class Attention(Attending):
    """Attention by products (Luong et al., 2015).

        scores[n, t, s] = scale * sum_d query[n, t, d] * key[n, s, d]                    "dot"
        scores[n, t, s] = weight * sum_d tanh(scale * (query[n, t, d] + key[n, s, d]))    "concat"
        y = softmax(scores) value

    Called on `[query, value]` or `[query, value, key]`, `(N, Tq, D)`, `(N, Tv, V)` and
    `(N, Tv, D)`, it gives `(N, Tq, V)`. Masked steps of the value are left out; at masked steps of
    the query the output is zero.

    Args:
        use_scale: whether a weight `scale`, one number, multiplies; else it is 1.
        score_mode: `"dot"` or `"concat"`, which has a weight of its own, one number.
        dropout: share of the weights that training drops.
        seed: of the dropout; by default that of the training.
        kwargs: see `Layer`.

    Raises:
        ValueError: the mode is unknown, or the inputs do not go together.

    >>> import numpy as np
    >>> Attention()([np.zeros((1, 2, 3)), np.ones((1, 4, 3))]).tolist()
    [[[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]]
    """

    scale: Variable | None
    concat_score_weight: Variable | None

    def __init__(
        self,
        use_scale: bool = False,
        score_mode: str = "dot",
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(dropout, seed, **kwargs)
        self.use_scale = check_flag("use_scale", use_scale)
        if score_mode not in SCORE_MODES:
            raise ValueError(f"score_mode must be one of {SCORE_MODES}, got {score_mode!r}")
        self.score_mode = score_mode

    def build(self, input_shape: Any) -> None:
        self.check_shapes(input_shape)
        self.scale = self.add_weight("scale", (), "ones") if self.use_scale else None
        self.concat_score_weight = None
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight("concat_score_weight", (), "ones")

    def scores(self, q: np.ndarray, k: np.ndarray, context: Context, saved: Any) -> np.ndarray:
        saved.k = k
        scores = context.empty((len(q), q.shape[1], k.shape[1]))
        scale = np.float32(1) if self.scale is None else self.scale.value
        if self.concat_score_weight is None:
            _core.batched_product(q, k, scores, transpose_b=True)
            saved.raw = scores.copy() if self.scale is not None else None
            scores *= scale
            return scores
        t = context.empty((*scores.shape, q.shape[2]))
        np.tanh(scale * (q[:, :, None] + k[:, None]), out=t)
        t.sum(axis=3, out=scores)
        saved.tanh, saved.raw = t, scores.copy()
        scores *= self.concat_score_weight.value
        return scores

    def scores_backward(self, ds: np.ndarray, context: Context, saved: Any) -> list[np.ndarray]:
        q, k, scale = saved.q, saved.k, self.scale
        factor = np.float32(1) if scale is None else scale.value
        weight = self.concat_score_weight
        if weight is not None:
            if weight.trainable:
                weight.grad += (ds * saved.raw).sum()
            da = (ds * weight.value)[..., None] * (1 - np.square(saved.tanh))
            if scale is not None and scale.trainable:
                scale.grad += (da * (q[:, :, None] + k[:, None])).sum()
            da *= factor
            return [da.sum(axis=2), da.sum(axis=1)]
        if scale is not None and scale.trainable:
            scale.grad += (ds * saved.raw).sum()
        dscores = ds if scale is None else ds * factor
        dq, dk = context.empty(q.shape), context.empty(k.shape)
        _core.batched_product(dscores, k, dq)
        _core.batched_product(dscores, q, dk, transpose_a=True)
        return [dq, dk]
