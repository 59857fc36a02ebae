"""Attention: scores that are products."""

from __future__ import annotations

from typing import Any, final

from sunhwan._engine.arguments import check_flag
from sunhwan._engine.variable import Variable

from .attending_arrays import AttendingArrays
from .packed_attention import Scoring
from .registry import LAYERS

SCORE_MODES = ("dot", "concat")


@final
@LAYERS.register()
class Attention(AttendingArrays):
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

    @property
    def scoring(self) -> Scoring:
        outer = self.concat_score_weight
        return Scoring(additive=outer is not None, inner=self.scale, outer=outer)
