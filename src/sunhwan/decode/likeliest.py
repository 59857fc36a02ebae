"""The likeliest token of each row, without the scores of all tokens."""

from __future__ import annotations

import numpy as np

from sunhwan import _core
from sunhwan._engine.plan import Call, Plan
from sunhwan.layers.dense import Dense
from sunhwan.layers.time_distributed import TimeDistributed

_LEAST_TOKENS = 1024  # with fewer, the scores cost next to nothing


class Likeliest:
    """Chooses among the units of a `Dense` without computing all of them.

    The choice is that of the layer's float32 outputs (see `core/kernels/vocabulary.h`).

    Args:
        dense: the layer.
        vocabulary: its kernel and bias, packed.
        rows: `R`, how many rows a step has.
    """

    def __init__(self, dense: Dense, vocabulary: _core.Vocabulary, rows: int) -> None:
        self.vocabulary, self._dense = vocabulary, dense
        self._tokens = np.zeros(rows, np.int32)

    def choose(self, x: np.ndarray) -> np.ndarray:
        """The likeliest tokens `(R,)`, in the same memory each time; `x (R, units before)`."""
        self.vocabulary.choose(np.ascontiguousarray(x), self._tokens)
        return self._tokens

    def breaks(self, x: np.ndarray) -> bool:
        """Whether a token's score is NaN, where `x` is not finite."""
        broken = x[~np.isfinite(x).all(axis=1)]
        with np.errstate(invalid="ignore"):
            return bool(np.isnan(broken @ self._dense.kernel.value).any())


def without_scores(plan: Plan, rows: int) -> tuple[Plan, Likeliest] | None:
    """A plan of one step without its last layer, whose input takes the place of the scores.

    `None` where that layer is no `Dense` of many units that gives logits or probabilities, or the
    processor has no fast way to choose.
    """
    call = plan.last_call(0)
    if call is None or len(call.inputs) != 1:
        return None
    (edge,) = call.inputs
    made = any(edge in other.outputs for other in plan.calls)
    dense = _chosen_among(call)
    if dense is None or not made:
        return None
    bias = None if dense.bias is None else dense.bias.value
    vocabulary = _core.Vocabulary.pack(dense.kernel.value, bias)
    if vocabulary is None:
        return None
    calls = tuple(other for other in plan.calls if other is not call)
    return Plan(plan.inputs, calls, (edge, *plan.outputs[1:])), Likeliest(dense, vocabulary, rows)


def _chosen_among(call: Call) -> Dense | None:
    """The `Dense` of a call whose greatest unit is the likeliest token."""
    layer = call.layer.layer if type(call.layer) is TimeDistributed else call.layer
    if type(layer) is not Dense or layer.units < _LEAST_TOKENS:
        return None
    return layer if layer.output_activation in ("linear", "softmax") else None
