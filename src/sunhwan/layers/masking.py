"""Masking of steps by their value."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, final

import numpy as np

from sunhwan import _core
from sunhwan._engine.arguments import check_number
from sunhwan._engine.context import Context
from sunhwan._engine.form import Form
from sunhwan._engine.layout import Layout
from sunhwan._engine.sequences import Head, Sequences
from sunhwan._engine.symbolic import is_symbolic
from sunhwan._engine.symbolic_mask import SymbolicMask

from .checks import check_rank
from .layer import Layer, Shape
from .registry import LAYERS


@final
@LAYERS.register()
class Masking(Layer):
    """Leaves out the steps whose features all have one value.

    Recurrent layers behind it skip those steps; layers that ignore masks read zeros there.

    Args:
        mask_value: the value.
        kwargs: `name`, `dtype`, `input_shape` (see `Layer`).

    Input and output are `(N, T, F)`. A step that a mask before it leaves out stays out.

    Raises:
        ValueError: the input has another rank.

    >>> import numpy as np
    >>> x = np.array([[[1.0, 0.0], [0.0, 0.0]]])
    >>> Masking().compute_mask(x)
    array([[ True, False]])
    """

    takes = "sequences"

    def __init__(self, mask_value: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mask_value = check_number("mask_value", mask_value)

    def build(self, input_shape: Shape) -> None:
        check_rank(self, input_shape, 3)

    @property
    def supports_masking(self) -> bool:
        return True

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Which steps of `inputs` `(..., F)` are kept, `(...)` bool."""
        if is_symbolic(inputs):
            return SymbolicMask(self, inputs)
        return np.any(np.asarray(inputs) != self.mask_value, axis=-1)

    def keeps(self, training: bool) -> frozenset[str]:
        return frozenset({"mask"})

    def output_form(self, form: Form) -> Form:
        return form._replace(masked=True)

    def output_layout(self, layout: Layout) -> Layout:
        return layout.with_absent("constant")

    def forward_head(self, head: Head | None, context: Context) -> Head | None:
        assert self.build_shape is not None
        return Head(rows=context.zeros((1, self.build_shape[-1] or 0)))

    def forward(self, x: Sequences, context: Context) -> Sequences:
        assert x.values is not None
        present = self.compute_mask(x.values)
        kept = np.flatnonzero(present).astype(np.int32)
        context.saved = kept, x.values.shape
        if len(kept) == len(present) and x.layout.masked:
            return Sequences(x.layout.with_absent("constant"), x.values)
        values = context.empty((len(kept), x.values.shape[1]))
        _core.gather_rows(x.values, None, kept, values)
        return Sequences(_without(x.layout, present), values)

    def pack(self, data: Sequences) -> Sequences:
        """Leave the masked steps out of a data set, so that batches are sorted by what is left."""
        assert data.values is not None
        present = self.compute_mask(data.values)
        return Sequences(_without(data.layout, present), data.values[present])

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray | None:
        if not context.wants_dx:
            return None
        kept, shape = context.saved
        dx = context.zeros(shape)
        _core.scatter_rows(dy, kept, dx, None)
        return dx


def _without(layout: Layout, present: np.ndarray) -> Layout:
    """The layout of those own steps alone that `present (P,)` names."""
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(present)])
    offsets, positions = before[layout.offsets], layout.times[present]
    starts = np.full(layout.rows, layout.width, np.int64)
    filled = np.diff(offsets) > 0
    starts[filled] = positions[offsets[:-1][filled]]
    return replace(layout, offsets=offsets, starts=starts, positions=positions, absent="constant")
