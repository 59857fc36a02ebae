"""MultiHeadAttention: several attentions side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, final

import numpy as np

from sunhwan import _core, constraints, initializers, regularizers
from sunhwan._engine.arguments import check_count, check_flag, check_share, optional_count
from sunhwan._engine.context import Context
from sunhwan._engine.layout import Layout
from sunhwan._engine.seeds import check_seed

from .head_projections import Projection, parted, side_by_side
from .layer import Shape
from .merging import Merging, mask_of_rows
from .registry import LAYERS

MASKED = np.float32(-1e9)  # the score where a step is not to be seen


@final
@LAYERS.register()
class MultiHeadAttention(Merging):
    """Attention of several heads (Vaswani et al., 2017).

        q[h], k[h], v[h] = query Wq[h] + bq[h], key Wk[h] + bk[h], value Wv[h] + bv[h]
        weights[h] = softmax(q[h] k[h]' / sqrt(key_dim))
        y = sum_h weights[h] v[h] Wo[h] + bo

    Called as `layer(query, value)` or `layer(query, value, key)` on `(N, T, D)`, `(N, S, E)` and
    `(N, S, F)`, it gives `(N, T, O)`. The weights are `query`, `key` and `value`, each a kernel
    `(features, heads, dim)` and a bias `(heads, dim)`, then the output's kernel
    `(heads, value_dim, O)` and bias `(O,)`. Masked steps of value and key are left out; a mask of
    the query goes on.

    Args:
        num_heads: how many heads.
        key_dim: numbers of a head's queries and keys.
        value_dim: numbers of a head's values; default `key_dim`.
        dropout: share of the weights of attention that training drops.
        use_bias: whether there are biases.
        output_shape: `O`, numbers of the output; default those of the query.
        attention_axes: `None` or 1, the steps.
        flash_attention: accepted for Keras's sake, without effect.
        kernel_initializer, bias_initializer: of the weights.
        kernel_regularizer, bias_regularizer, activity_regularizer: penalties, or `None`.
        kernel_constraint, bias_constraint: constraints, or `None`.
        seed: of the dropout; by default that of the training.
        kwargs: see `Layer`.

    Raises:
        ValueError: a size is no positive integer, or the inputs do not go together.

    >>> import numpy as np
    >>> layer = MultiHeadAttention(num_heads=2, key_dim=3)
    >>> layer(np.zeros((1, 4, 5)), np.zeros((1, 6, 5))).shape, layer.count_params()
    ((1, 4, 5), 143)
    """

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: Any = None,
        attention_axes: Any = None,
        flash_attention: Any = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.num_heads = check_count("num_heads", num_heads)
        self.key_dim = check_count("key_dim", key_dim)
        self.value_dim = optional_count("value_dim", value_dim) or self.key_dim
        self.dropout = check_share("dropout", dropout)
        self.use_bias = check_flag("use_bias", use_bias)
        listed = isinstance(output_shape, (list, tuple)) and len(output_shape) == 1
        self.output_shape = optional_count(
            "output_shape", output_shape[0] if listed else output_shape
        )
        if attention_axes not in (None, 1, (1,), [1]):
            raise ValueError(f"attention_axes must be None or 1, the steps, got {attention_axes!r}")
        self.attention_axes = attention_axes
        self.flash_attention = flash_attention
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.seed = None if seed is None else check_seed(seed)

    def __call__(
        self,
        query: Any,
        value: Any = None,
        key: Any = None,
        training: bool | None = None,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """Attend.

        Args:
            query, value, key: arrays or symbolic tensors; without `key` the values are the keys.
            training: whether dropout is on.
            return_attention_scores: whether the weights `(N, heads, T, S)` are returned too.
            use_causal_mask: whether step t of the query sees the values up to step t alone.
        """
        inputs = [query, value] if key is None else [query, value, key]
        options = {"scores": bool(return_attention_scores), "causal": bool(use_causal_mask)}
        return self.call_with(inputs, None, training, options)

    def _shapes(self, input_shape: Any) -> list[Shape]:
        shapes = self.check_inputs(input_shape, 2, 3)
        query, value, key = [*shapes, shapes[1]][:3]
        steps = {shape[1] for shape in shapes[1:] if shape[1:2] != (None,)}
        if any(len(shape) != 3 or shape[-1] is None for shape in shapes) or len(steps) > 1:
            raise ValueError(
                f"layer {self.name!r} needs a query (rows, steps, features), a value (rows, "
                f"others, any) and a key of as many steps as the value, got {shapes}"
            )
        return [query, value, key]

    def build(self, input_shape: Any) -> None:
        query, value, key = self._shapes(input_shape)
        H = self.num_heads
        sizes = {"query": (query, self.key_dim), "key": (key, self.key_dim)}
        sizes["value"] = value, self.value_dim
        self._parts = [
            self._projection(name, (shape[-1] or 0, H, size), (H, size), 1)
            for name, (shape, size) in sizes.items()
        ]
        outputs = self.output_shape or query[-1] or 0
        last = self._projection("attention_output", (H, self.value_dim, outputs), (outputs,), 2)
        self._parts.append(last)

    def _projection(
        self, name: str, kernel: tuple[int, ...], bias: tuple[int, ...], inputs: int
    ) -> Projection:
        added = self.add_weight(
            f"{name}_kernel",
            kernel,
            self.kernel_initializer,
            self.kernel_regularizer,
            self.kernel_constraint,
        )
        if not self.use_bias:
            return Projection(added, None, inputs)
        given = self.bias_initializer, self.bias_regularizer, self.bias_constraint
        return Projection(added, self.add_weight(f"{name}_bias", bias, *given), inputs)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        query, _, _ = self._shapes(input_shape)
        return (*query[:2], self.output_shape or query[-1])

    def shapes_with(self, input_shape: Any, options: dict[str, Any]) -> Any:
        output = self.compute_output_shape(input_shape)
        if not options.get("scores"):
            return output
        query, value, _ = self._shapes(input_shape)
        return [output, (query[0], self.num_heads, query[1], value[1])]

    def keeps_mask(self, masked: Sequence[bool]) -> bool:
        return masked[0]

    def joined_mask(self, layouts: Sequence[Layout | None]) -> Layout | None:
        return layouts[0]

    @property
    def saved_floats(self) -> int:
        return 512 + 4 * self.num_heads * (self.key_dim + self.value_dim)

    def apply(self, values: list[np.ndarray], context: Context, saved: Any) -> Any:
        query, value, key = [*values, values[1]][:3]
        saved.inputs, saved.count = [query, key, value], len(values)
        q, k, v = (
            parted(part.forward(x, context), self.num_heads, context)
            for part, x in zip(self._parts, saved.inputs, strict=False)
        )
        q *= np.float32(1 / math.sqrt(self.key_dim))
        scores = context.empty((len(q), q.shape[1], k.shape[1]))
        _core.batched_product(q, k, scores, transpose_b=True)
        hidden = self._hidden(scores, len(query), context)
        if hidden is not None:
            shape = len(query), self.num_heads, *scores.shape[1:]
            np.copyto(scores.reshape(shape), MASKED, where=hidden[:, None])
        weights, columns = context.empty(scores.shape), scores.shape[2]
        _core.softmax(scores.reshape(-1, columns), weights.reshape(-1, columns))
        saved.heads, saved.weights, saved.used, saved.factors = (q, k, v), weights, weights, None
        saved.hidden = hidden
        if context.training and self.dropout:
            saved.factors = self._dropped(weights.shape, context)
            saved.used = context.empty(weights.shape)
            _core.multiply(weights, saved.factors, saved.used)
        mixed = context.empty((*scores.shape[:2], self.value_dim))
        _core.batched_product(saved.used, v, mixed)
        saved.mixed = side_by_side(mixed, self.num_heads, context)
        y = self._parts[3].forward(saved.mixed, context)
        if not context.options.get("scores"):
            return y
        return [y, saved.used.reshape(len(query), self.num_heads, *scores.shape[1:])]

    def _hidden(self, scores: np.ndarray, rows: int, context: Context) -> np.ndarray | None:
        """What is not to be seen, `(N, T, S)` bool."""
        _, steps, others = scores.shape
        masks = [None if layout is None else mask_of_rows(layout) for layout in context.layouts]
        allowed = np.ones((rows, steps, others), bool)
        if masks[0] is not None:
            allowed &= masks[0][:, :, None]
        for mask in masks[1:]:
            if mask is not None:
                allowed &= mask[:, None]
        if context.options.get("causal"):
            allowed &= np.tri(steps, others, dtype=bool)
        return None if allowed.all() else ~allowed

    def _dropped(self, shape: tuple[int, ...], context: Context) -> np.ndarray:
        _, steps, columns = shape
        factors, heads = context.empty(shape), self.num_heads
        _core.dropout_mask(
            factors.reshape(-1, columns),
            context.random_key(self.seed),
            np.repeat(context.rows, heads * steps),
            np.tile(np.arange(heads * steps, dtype=np.int32), len(context.rows)),
            self.dropout,
        )
        return factors

    def apply_backward(self, dy: Any, context: Context, saved: Any) -> list[np.ndarray]:
        dy, dscores = dy if isinstance(dy, list) else (dy, None)
        q, k, v = saved.heads
        dmixed = self._parts[3].backward(saved.mixed, np.ascontiguousarray(dy), context)
        heads, rows = parted(dmixed, self.num_heads, context), len(dmixed)
        dv, dweights = context.empty(v.shape), context.empty(saved.weights.shape)
        _core.batched_product(saved.used, heads, dv, transpose_a=True)
        _core.batched_product(heads, v, dweights, transpose_b=True)
        if dscores is not None:
            dweights += dscores.reshape(dweights.shape)
        if saved.factors is not None:
            _core.multiply(dweights, saved.factors, dweights)
        columns, ds = dweights.shape[2], context.empty(dweights.shape)
        flat = (array.reshape(-1, columns) for array in (saved.weights, dweights, ds))
        _core.softmax_backward(*flat)
        if saved.hidden is not None:
            by_head = ds.reshape(rows, self.num_heads, *ds.shape[1:])
            np.copyto(by_head, np.float32(0), where=saved.hidden[:, None])
        dq, dk = context.empty(q.shape), context.empty(k.shape)
        _core.batched_product(ds, k, dq)
        _core.batched_product(ds, q, dk, transpose_a=True)
        dq *= np.float32(1 / math.sqrt(self.key_dim))
        gradients = [
            part.backward(x, side_by_side(d, self.num_heads, context), context)
            for part, x, d in zip(self._parts, saved.inputs, (dq, dk, dv), strict=False)
        ]
        dquery, dkey, dvalue = gradients
        if saved.count == 3:
            return [dquery, dvalue, dkey]
        _core.add_into(dvalue, dkey)
        return [dquery, dvalue]
