"""The base of the attention layers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from sunhwan import _core
from sunhwan._engine.arguments import check_share
from sunhwan._engine.context import Context
from sunhwan._engine.layout import Layout
from sunhwan._engine.seeds import check_seed

from .layer import Shape
from .merging import Merging, mask_of_rows

MASKED = np.float32(1e9)  # taken from the score of a masked step


class Attending(Merging):
    """Mixes the steps of `value` for each step of `query`, by how well these fit those of `key`.

        weights = softmax(scores(query, key))        over the steps of key
        y[n, t] = sum_s weights[n, t, s] * value[n, s]

    Args:
        dropout: share of the weights that training drops.
        seed: of the dropout; by default that of the training.
        kwargs: see `Layer`.
    """

    def __init__(self, dropout: float = 0.0, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dropout = check_share("dropout", dropout)
        self.seed = None if seed is None else check_seed(seed)

    @abstractmethod
    def scores(self, q: np.ndarray, k: np.ndarray, context: Context, saved: Any) -> np.ndarray:
        """`(N, Tq, Tv)` of queries `(N, Tq, D)` and keys `(N, Tv, D)`."""

    @abstractmethod
    def scores_backward(self, ds: np.ndarray, context: Context, saved: Any) -> list[np.ndarray]:
        """The gradients of queries and keys; adds to the variables' gradients."""

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
            mask: not taken; masks come with symbolic tensors.
            training: whether dropout is on.
            return_attention_scores: whether the weights `(N, Tq, Tv)` are returned too.
            use_causal_mask: whether step t of the query sees the values up to step t alone.
        """
        options = {"scores": bool(return_attention_scores), "causal": bool(use_causal_mask)}
        return self.call_with(inputs, mask, training, options)

    def check_shapes(self, input_shape: Any) -> list[Shape]:
        """Shapes of query, value and key; `ValueError` unless they go together."""
        shapes = self.check_inputs(input_shape, 2, 3)
        query, value, key = [*shapes, shapes[1]][:3]
        fits = all(len(shape) == 3 for shape in shapes) and query[-1] == key[-1]
        if not fits or (None not in (key[1], value[1]) and key[1] != value[1]):
            raise ValueError(
                f"layer {self.name!r} needs a query (rows, steps, features), a value (rows, "
                f"others, any) and a key (rows, others, features), got {shapes}"
            )
        return [query, value, key]

    def compute_output_shape(self, input_shape: Any) -> Shape:
        query, value, _ = self.check_shapes(input_shape)
        return (*query[:2], value[-1])

    def shapes_with(self, input_shape: Any, options: dict[str, Any]) -> Any:
        output = self.compute_output_shape(input_shape)
        if not options.get("scores"):
            return output
        query, value, _ = self.check_shapes(input_shape)
        return [output, (*query[:2], value[1])]

    def keeps_mask(self, masked: Sequence[bool]) -> bool:
        return masked[0]

    def joined_mask(self, layouts: Sequence[Layout | None]) -> Layout | None:
        return layouts[0]

    @property
    def saved_floats(self) -> int:
        return 512

    def apply(self, values: list[np.ndarray], context: Context, saved: Any) -> Any:
        q, v, k = [*values, values[1]][:3]
        saved.q, saved.v, saved.count = q, v, len(values)
        scores = self.scores(q, k, context, saved)
        self._mask_scores(scores, context)
        weights = context.empty(scores.shape)
        columns = scores.shape[2]
        _core.softmax(scores.reshape(-1, columns), weights.reshape(-1, columns))
        saved.weights, saved.used, saved.factors = weights, weights, None
        if context.training and self.dropout:
            saved.factors = self._dropped(weights.shape, context)
            saved.used = context.empty(weights.shape)
            _core.multiply(weights, saved.factors, saved.used)
        y = context.empty((*scores.shape[:2], v.shape[2]))
        _core.batched_product(saved.used, v, y)
        layout = context.layouts[0]
        saved.present = None if layout is None else mask_of_rows(layout)[:, :, None]
        if saved.present is not None:
            y *= saved.present
        return [y, saved.used] if context.options.get("scores") else y

    def _mask_scores(self, scores: np.ndarray, context: Context) -> None:
        layout = context.layouts[1]
        if layout is not None:
            absent = ~mask_of_rows(layout)
            np.subtract(scores, MASKED, out=scores, where=absent[:, None, :])
        if context.options.get("causal"):
            later = ~np.tri(*scores.shape[1:], dtype=bool)
            if layout is not None:
                later = later & ~absent[:, None, :]
            np.subtract(scores, MASKED, out=scores, where=later)

    def _dropped(self, shape: tuple[int, ...], context: Context) -> np.ndarray:
        rows, steps, columns = shape
        factors = context.empty(shape)
        _core.dropout_mask(
            factors.reshape(-1, columns),
            context.random_key(self.seed),
            np.repeat(context.rows, steps),
            np.tile(np.arange(steps, dtype=np.int32), rows),
            self.dropout,
        )
        return factors

    def apply_backward(self, dy: Any, context: Context, saved: Any) -> list[np.ndarray]:
        dy, dscores = dy if isinstance(dy, list) else (dy, None)
        if saved.present is not None:
            dy = dy * saved.present
        dy = np.ascontiguousarray(dy)
        dv, dweights = context.empty(saved.v.shape), context.empty(saved.weights.shape)
        _core.batched_product(saved.used, dy, dv, transpose_a=True)
        _core.batched_product(dy, saved.v, dweights, transpose_b=True)
        if dscores is not None:
            dweights += dscores
        if saved.factors is not None:
            _core.multiply(dweights, saved.factors, dweights)
        columns = dweights.shape[2]
        ds = context.empty(dweights.shape)
        flat = (array.reshape(-1, columns) for array in (saved.weights, dweights, ds))
        _core.softmax_backward(*flat)
        dq, dk = self.scores_backward(ds, context, saved)
        if saved.count == 3:
            return [dq, dv, dk]
        _core.add_into(dv, dk)
        return [dq, dv]
