"""The base of the attention layers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from sunhwan import _core
from sunhwan._engine.arguments import check_share
from sunhwan._engine.context import Context
from sunhwan._engine.layout import Layout
from sunhwan._engine.seeds import check_seed
from sunhwan._engine.sequences import Head, Sequences

from .aligned_memory import aligned
from .attention_masks import check_mask_shape, grid
from .joining import Joining, mask_of_rows
from .layer import Shape
from .packed_attention import PackedAttention, Scoring


class Attending(Joining):
    """Mixes the steps of a memory for each step of a query.

    A layer of this kind takes `[query, value]` or `[query, value, key]`, each packed for itself,
    so that only steps that exist are compared. What comes out stands where the query stood; at
    masked steps it reads zero, or, after a recurrent query, what it read last.

    Args:
        dropout: share of the weights that training drops.
        seed: of the dropout; by default that of the training.
        kwargs: see `Layer`.
    """

    takes = "sequences"
    apart = 3
    shares_memory = True
    most_inputs = 3

    def __init__(self, dropout: float = 0.0, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dropout = check_share("dropout", dropout)
        self.seed = None if seed is None else check_seed(seed)

    @property
    @abstractmethod
    def scoring(self) -> Scoring:
        """How scores are made."""

    def prepared(self, inputs: list[np.ndarray], context: Context, saved: Any) -> list[np.ndarray]:
        """Queries, keys and values `(steps, heads * size)` of the steps of query, key and value."""
        return inputs

    def prepared_backward(
        self, gradients: list[np.ndarray], context: Context, saved: Any
    ) -> list[np.ndarray]:
        """From the gradients of what `prepared` gave to those of what it took."""
        return gradients

    def finished(self, y: np.ndarray, context: Context, saved: Any) -> np.ndarray:
        """The output `(steps, features)` of the mixed values."""
        return y

    def finished_backward(self, dy: np.ndarray, context: Context, saved: Any) -> np.ndarray:
        """From the gradient of the output to that of the mixed values."""
        return dy

    def shown(self, scores: np.ndarray) -> np.ndarray:
        """The weights `(N, heads, T, S)` as the layer returns them."""
        return scores

    def check_shapes(self, input_shape: Any) -> list[Shape]:
        """Shapes of query, value and key; `ValueError` unless they go together."""
        shapes = self.check_inputs(input_shape, 2, self.most_inputs)[:3]
        query, value, key = [*shapes, shapes[1]][:3]
        fits = all(len(shape) == 3 for shape in shapes) and self.fits(query, value, key)
        if not fits or (None not in (key[1], value[1]) and key[1] != value[1]):
            raise ValueError(
                f"layer {self.name!r} needs a query (rows, steps, features), a value (rows, "
                f"others, any) and a key (rows, others, features), got {shapes}"
            )
        return [query, value, key]

    def fits(self, query: Shape, value: Shape, key: Shape) -> bool:
        """Whether the features of shapes of three axes go together."""
        return query[-1] == key[-1]

    def is_built_for(self, shapes: Any) -> bool:
        built, given = self.check_shapes(list(self.build_shape or ())), self.check_shapes(shapes)
        return [shape[-1] for shape in built] == [shape[-1] for shape in given]

    def compute_output_shape(self, input_shape: Any) -> Shape:
        query, value, _ = self.check_shapes(input_shape)
        return (*query[:2], value[-1])

    def wants_array(self, options: Mapping[str, Any]) -> bool:
        return bool(options.get("scores"))

    def keeps_mask(self, masked: Sequence[bool]) -> bool:
        return masked[0]

    def joined_mask(
        self, layouts: Sequence[Layout | None], lengths: Sequence[int | None] = ()
    ) -> Layout | None:
        return layouts[0]

    def replays(self, training: bool) -> bool:
        return not (training and self.dropout)

    @property
    def saved_floats(self) -> int:
        return 512

    def forward_head(self, head: Any, context: Context) -> Head | None:
        layout, query = context.layouts[0], context.head[0]
        if query is None or query.rows is None or layout is None:
            return None
        shapes = self.build_shape
        features = self.compute_output_shape(list(shapes or ()))[-1] or 0
        return Head(rows=context.zeros((len(query.rows), features)))

    def backward_head(self, dhead: Head | None, context: Context) -> None:
        pass  # the head is zero, whatever comes in

    def forward(self, x: list[Any], context: Context) -> Any:
        context.saved = saved = SimpleNamespace()
        query, value, key = [*x, x[1]][:3]
        saved.given, saved.shape, saved.present = x, None, None
        steps, layout = query, None
        if isinstance(query, Sequences):
            steps, layout = query.values, query.layout
        else:  # an array, because the weights are returned too
            count, width, features = query.shape
            saved.shape = count, width
            layout, steps = Layout.dense(count, width, context.rows), query.reshape(-1, features)
            if context.layouts[0] is not None:
                saved.present = mask_of_rows(context.layouts[0]).reshape(-1, 1)
        value, key, saved.aligned = aligned(value, key, self.name)
        scores, training = context.options.get("scores"), context.differentiable
        drop = self._drop(context) if context.training and self.dropout else None
        saved.packed = PackedAttention(
            self.scoring,
            layout,
            value.layout,
            context,
            causal=bool(context.options.get("causal")),
            mask=self._mask(x, context, layout, value.layout),
            drop=drop,
            keep=bool(scores or training),
        )
        parts = self.prepared([steps, key.values, value.values], context, saved)
        y = self.finished(saved.packed.forward(*parts), context, saved)
        if saved.present is not None:
            y = y * saved.present
        if saved.shape is None:
            return Sequences(layout, y)
        y = y.reshape(*saved.shape, y.shape[1])
        return [y, self.shown(saved.packed.scores())] if scores else y

    def _mask(
        self, x: list[Any], context: Context, query: Layout, memory: Layout
    ) -> np.ndarray | None:
        """What the steps of the query may see, `(N, heads, T, S)`, `None` for all."""
        mask = context.options.get("mask")
        if mask is None:
            return None
        if mask is True:
            mask = x[3]
            steps = [None if layout.ragged else layout.width for layout in (query, memory)]
            check_mask_shape(mask.shape, self.name, None, (steps[0], steps[1]))
        elif any(
            1 != size <= layout.times.max(initial=0)
            for size, layout in zip(mask.shape[2:], (query, memory), strict=True)
        ):
            raise ValueError(
                f"attention_mask of layer {self.name!r} has the shape {mask.shape[2:]}, too small "
                f"for {query.width} steps of the query and {memory.width} of the value"
            )
        return np.ascontiguousarray(grid(mask))

    def _drop(self, context: Context) -> Any:
        def drop(rows: np.ndarray, times: np.ndarray, columns: int) -> np.ndarray:
            factors = context.empty((len(rows), columns))
            key = context.random_key(self.seed)
            _core.dropout_mask(factors, key, rows, times, self.dropout)
            return factors

        return drop

    def backward(self, dy: Any, context: Context) -> list[np.ndarray]:
        saved = context.saved
        dy, dscores = dy if isinstance(dy, list) else (dy, None)
        if saved.present is not None:
            dy = dy.reshape(-1, dy.shape[-1]) * saved.present
        dy = np.ascontiguousarray(dy.reshape(-1, dy.shape[-1]))
        dmixed = self.finished_backward(dy, context, saved)
        dq, dk, dv = self.prepared_backward(saved.packed.backward(dmixed, dscores), context, saved)
        if saved.shape is not None:
            dq = dq.reshape(*saved.shape, dq.shape[1])
        if saved.aligned is not None:
            dv, dk = saved.aligned.backward(dv, dk, context)
        if len(saved.given) == 2:
            _core.add_into(dv, dk)
            return [dq, dv]
        return [dq, dv, dk, *(context.zeros(mask.shape) for mask in saved.given[3:])]
