"""AdditiveAttention: scores that are sums."""

from __future__ import annotations

from typing import Any, final

from sunhwan._engine.arguments import check_flag
from sunhwan._engine.variable import Variable

from .attending_arrays import AttendingArrays
from .packed_attention import Scoring
from .registry import LAYERS


@final
@LAYERS.register()
class AdditiveAttention(AttendingArrays):
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

    @property
    def scoring(self) -> Scoring:
        return Scoring(additive=True, weights=self.scale)
