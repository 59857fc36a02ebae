"""MultiHeadAttention: several attentions side by side."""

from __future__ import annotations

import math
from typing import Any, final

import numpy as np

from sunhwan._engine.arguments import check_count, check_flag, optional_count
from sunhwan._engine.context import Context
from sunhwan._engine.symbolic import is_symbolic

from .attending import Attending
from .attention_masks import check_mask_shape, constant_mask
from .divided_attention import AttendingProjected, Divided, Projecting
from .head_projections import Projection
from .kernel_and_bias import KernelAndBias
from .layer import Shape
from .packed_attention import Scoring
from .registry import LAYERS


@final
@LAYERS.register()
class MultiHeadAttention(KernelAndBias, Attending):
    """Attention of several heads (Vaswani et al., 2017).

        q[h], k[h], v[h] = query Wq[h] + bq[h], key Wk[h] + bk[h], value Wv[h] + bv[h]
        weights[h] = softmax(q[h] k[h]' / sqrt(key_dim))
        y = sum_h weights[h] v[h] Wo[h] + bo

    Called as `layer(query, value)` or `layer(query, value, key)` on `(N, T, D)`, `(N, S, E)` and
    `(N, S, F)`, it gives `(N, T, O)`. The weights are `query`, `key` and `value`, each a kernel
    `(features, heads, dim)` and a bias `(heads, dim)`, then the output's kernel
    `(heads, value_dim, O)` and bias `(O,)`. Masked steps of value and key are left out; a mask of
    the query goes on. A step that may see nothing gets the output's bias.

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

    most_inputs = 4  # query, value, key, mask

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
        super().__init__(dropout, seed, activity_regularizer=activity_regularizer, **kwargs)
        self.num_heads = check_count("num_heads", num_heads)
        self.key_dim = check_count("key_dim", key_dim)
        self.value_dim = optional_count("value_dim", value_dim) or self.key_dim
        self.use_bias = check_flag("use_bias", use_bias)
        listed = isinstance(output_shape, (list, tuple)) and len(output_shape) == 1
        self.output_shape = optional_count(
            "output_shape", output_shape[0] if listed else output_shape
        )
        if attention_axes not in (None, 1, (1,), [1]):
            raise ValueError(f"attention_axes must be None or 1, the steps, got {attention_axes!r}")
        self.attention_axes = attention_axes
        self.flash_attention = flash_attention
        self.treat("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.treat("bias", bias_initializer, bias_regularizer, bias_constraint)

    def __call__(
        self,
        query: Any,
        value: Any = None,
        key: Any = None,
        query_mask: Any = None,
        value_mask: Any = None,
        key_mask: Any = None,
        attention_mask: Any = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> Any:
        """Attend.

        Args:
            query, value, key: arrays or symbolic tensors; without `key` the values are the keys.
            query_mask, value_mask, key_mask: `(N, T)` and `(N, S)`, true where a step is real; of
                symbolic tensors those that go along with them.
            attention_mask: `(N, T, S)` or `(N, heads, T, S)`, zero or false where a step of the
                query does not see one of the values; an axis of 1 stands for all. An array, also
                `(T, S)`, or a symbolic tensor. Other masks hold besides.
            return_attention_scores: whether the weights `(N, heads, T, S)` are returned too.
            training: whether dropout is on.
            use_causal_mask: whether step t of the query sees the values up to step t alone.

        Raises:
            ValueError: there is no value, or a mask does not fit.
        """
        if value is None:
            raise ValueError(f"layer {self.name!r} needs a query and a value, got no value")
        inputs = [query, value] if key is None else [query, value, key]
        options = {"scores": bool(return_attention_scores), "causal": bool(use_causal_mask)}
        masks = [query_mask, value_mask, key_mask][: len(inputs)]
        given = None if all(mask is None for mask in masks) else masks
        if attention_mask is not None:
            options["mask"] = attention_mask
            symbolic = is_symbolic(attention_mask)
            if symbolic or constant_mask(attention_mask, self.name) is None:
                if is_symbolic(inputs) and not symbolic:
                    raise ValueError(self._own_rows(np.shape(attention_mask)))
                options["mask"] = True
                inputs = [query, value, value if key is None else key, attention_mask]
        return self.call_with(inputs, given, training, options)

    def _own_rows(self, shape: Shape) -> str:
        """What to say of a constant mask with rows, for data to come."""
        return (
            f"attention_mask of layer {self.name!r} is an array with a mask for each of "
            f"{shape[0]} rows, got shape {shape}, but the rows are those of data to come: make it "
            f"an Input of shape {shape[1:]} and pass the array with the data, or give one mask for "
            f"all rows, of shape {shape[-2:]}"
        )

    def call_with(self, inputs: Any, mask: Any, training: Any, options: dict[str, Any]) -> Any:
        mask_of_all = options.get("mask")
        if mask_of_all is not None and mask_of_all is not True:
            options = {**options, "mask": constant_mask(mask_of_all, self.name)}
        return super().call_with(inputs, mask, training, options)

    def fits(self, query: Shape, value: Shape, key: Shape) -> bool:
        return None not in (query[-1], value[-1], key[-1])

    def build(self, input_shape: Any) -> None:
        query, value, key = self.check_shapes(input_shape)
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
        added = self.add_treated("kernel", kernel, f"{name}_kernel")
        return Projection(added, self.add_bias(bias, f"{name}_bias"), inputs)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        query, _, _ = self.check_shapes(input_shape)
        return (*query[:2], self.output_shape or query[-1])

    def shapes_with(self, input_shape: Any, options: dict[str, Any]) -> Any:
        output = self.compute_output_shape(input_shape)
        query, value, _ = self.check_shapes(input_shape)
        mask = options.get("mask")
        if mask is not None:
            shape = input_shape[3] if mask is True else mask.shape
            check_mask_shape(shape, self.name, self.num_heads, (query[1], value[1]))
        if not options.get("scores"):
            return output
        return [output, (query[0], self.num_heads, query[1], value[1])]

    @property
    def saved_floats(self) -> int:
        return 512 + 4 * self.num_heads * (self.key_dim + self.value_dim)

    @property
    def scoring(self) -> Scoring:
        return Scoring(heads=self.num_heads, factor=1 / math.sqrt(self.key_dim))

    def divided(self) -> Divided:
        """This layer in parts, for who attends to one memory many times: it is projected once."""
        _, key, value, _ = self._parts
        rest = AttendingProjected(self, (value.outputs, key.outputs))
        return Divided(Projecting(value, self.name), Projecting(key, self.name), rest)

    def project_query(self, query: np.ndarray, context: Context) -> np.ndarray:
        """Queries `(steps, heads * key_dim)` of all heads."""
        return self._parts[0].forward(query, context)

    def prepared(self, inputs: list[np.ndarray], context: Context, saved: Any) -> list[np.ndarray]:
        saved.inputs = inputs
        return [part.forward(x, context) for part, x in zip(self._parts[:3], inputs, strict=True)]

    def prepared_backward(
        self, gradients: list[np.ndarray], context: Context, saved: Any
    ) -> list[np.ndarray]:
        parts = zip(self._parts[:3], saved.inputs, gradients, strict=True)
        return [part.backward(x, gradient, context) for part, x, gradient in parts]

    def finished(self, y: np.ndarray, context: Context, saved: Any) -> np.ndarray:
        saved.mixed = y
        return self._parts[3].forward(y, context)

    def finished_backward(self, dy: np.ndarray, context: Context, saved: Any) -> np.ndarray:
        return self._parts[3].backward(saved.mixed, dy, context)
