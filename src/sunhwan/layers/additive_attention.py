"""AdditiveAttention: scores that are sums."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from sunhwan._engine.arguments import check_flag
from sunhwan._engine.context import Context
from sunhwan._engine.variable import Variable

from .attending import Attending
from .registry import LAYERS


@final
@LAYERS.register()
class AdditiveAttention(Attending):
    """Attention by sums (Bahdanau et al., 2015).

        scores[n, t, s] = sum_d scale[d] * tanh(query[n, t, d] + key[n, s, d])
        y = softmax(scores) value

    Inputs, outputs and masks are as for `Attention`.

    Args:
        use_scale: whether there is a weight `scale`, `(D,)`; else it is 1.
        dropout: share of the weights that training drops.
        seed: of the dropout; by default that of the training.
        kwargs: see `Layer`.

    Raises:
        ValueError: the inputs do not go together.

    >>> import numpy as np
    >>> AdditiveAttention()([np.zeros((1, 2, 3)), np.ones((1, 4, 3))]).shape
    (1, 2, 3)
    """

    scale: Variable | None

    def __init__(
        self,
        use_scale: bool = True,
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(dropout, seed, **kwargs)
        self.use_scale = check_flag("use_scale", use_scale)

    def build(self, input_shape: Any) -> None:
        query, *_ = self.check_shapes(input_shape)
        self.scale = None
        if self.use_scale:
            self.scale = self.add_weight("scale", (query[-1] or 0,))

    def scores(self, q: np.ndarray, k: np.ndarray, context: Context, saved: Any) -> np.ndarray:
        t = context.empty((len(q), q.shape[1], k.shape[1], q.shape[2]))
        np.add(q[:, :, None], k[:, None], out=t)
        np.tanh(t, out=t)
        saved.tanh = t
        scores = context.empty(t.shape[:3])
        (t if self.scale is None else t * self.scale.value).sum(axis=3, out=scores)
        return scores

    def scores_backward(self, ds: np.ndarray, context: Context, saved: Any) -> list[np.ndarray]:
        t, scale = saved.tanh, self.scale
        if scale is not None and scale.trainable:
            scale.grad += (ds[..., None] * t).sum(axis=(0, 1, 2))
        da = ds[..., None] * (1 - np.square(t))
        if scale is not None:
            da *= scale.value
        return [da.sum(axis=2), da.sum(axis=1)]
