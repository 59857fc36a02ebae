"""The base of the attention layers that take a list of arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from .attending import Attending
from .layer import Shape


class AttendingArrays(Attending):
    """Attention of one head, called on `[query, value]` or `[query, value, key]`.

    Args:
        dropout: share of the weights that training drops.
        seed: of the dropout; by default that of the training.
        kwargs: see `Layer`.
    """

    def __call__(
        self,
        inputs: Any,
        mask: Any = None,
        training: bool | None = None,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """Attend.

        Args:
            inputs: `[query, value]` or `[query, value, key]`, arrays or symbolic tensors; without
                `key` the values are the keys.
            mask: `[query_mask, value_mask]`, `(N, Tq)` and `(N, Tv)`, true where a step is real, or
                `None` each; of symbolic tensors those that go along with them.
            training: whether dropout is on.
            return_attention_scores: whether the weights `(N, Tq, Tv)` are returned too.
            use_causal_mask: whether step t of the query sees the values up to step t alone.
        """
        options = {"scores": bool(return_attention_scores), "causal": bool(use_causal_mask)}
        return self.call_with(inputs, mask, training, options)

    def shapes_with(self, input_shape: Any, options: dict[str, Any]) -> Any:
        output = self.compute_output_shape(input_shape)
        if not options.get("scores"):
            return output
        query, value, _ = self.check_shapes(input_shape)
        scores: Shape = (*query[:2], value[1])
        return [output, scores]

    def shown(self, scores: np.ndarray) -> np.ndarray:
        return scores[:, 0]
