"""The base of layers that make one array of several."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from sunhwan import _core
from sunhwan._engine.context import Context
from sunhwan._engine.form import Form
from sunhwan._engine.layout import Layout
from sunhwan._engine.packing import masked_layout
from sunhwan._engine.sequences import Head, Sequences

from .layer import Layer, Shape


class Merging(Layer):
    """A layer of several inputs, which it takes as a list.

    `apply` and `apply_backward` see arrays `(N, ...)`; or, where `packs` is true and all inputs are
    sequences whose steps are the same, their packed values and the rows of their heads.

    >>> import sunhwan as sh
    >>> issubclass(sh.layers.Concatenate, Merging)
    True
    """

    joins = True

    @property
    def packs(self) -> bool:
        """Whether a step of the output depends on that step of the inputs alone."""
        return False

    @abstractmethod
    def apply(self, values: list[np.ndarray], context: Context, saved: Any) -> Any:
        """The output."""

    @abstractmethod
    def apply_backward(self, dy: Any, context: Context, saved: Any) -> list[np.ndarray]:
        """The gradients of the inputs."""

    @property
    def supports_masking(self) -> bool:
        return True

    def output_form(self, form: Form) -> Form:
        return form._replace(tokens=False)

    def joined_form(self, forms: Sequence[Form]) -> Form:
        """Kind of the output for inputs of these kinds, all packed or all arrays."""
        if forms[0].sequences:
            return self.output_form(forms[0])
        return Form(False, masked=self.keeps_mask([form.masked for form in forms]))

    def keeps_mask(self, masked: Sequence[bool]) -> bool:
        """Whether the output carries a mask, for inputs of which these carry one."""
        return all(masked)

    def joined_mask(self, layouts: Sequence[Layout | None]) -> Layout | None:
        """The mask of the output: a step is real where one of the inputs' is."""
        present = [layout for layout in layouts if layout is not None]
        if all(layout.positions is present[0].positions for layout in present):
            return present[0]
        return layout_of(np.logical_or.reduce([mask_of_rows(one) for one in present]), present[0])

    def forward_head(self, head: Any, context: Context) -> Head | None:
        context.head_saved = None
        if not head or any(one is None or one.rows is None for one in head):
            return None
        context.head_saved = SimpleNamespace()
        return Head(rows=self.apply([one.rows for one in head], context, context.head_saved))

    def backward_head(self, dhead: Head | None, context: Context) -> None:
        if dhead is None or context.head_saved is None:
            return
        drows = self.apply_backward(dhead.rows, context, context.head_saved)
        for into, part in zip(context.dhead, drows, strict=True):
            if into is not None:
                _core.add_into(into.rows, np.ascontiguousarray(part))

    def forward(self, x: list[Any], context: Context) -> Any:
        context.saved = saved = SimpleNamespace()
        if not isinstance(x[0], Sequences):
            return self.apply(x, context, saved)
        return Sequences(x[0].layout, self.apply([one.values for one in x], context, saved))

    def backward(self, dy: Any, context: Context) -> list[np.ndarray]:
        return self.apply_backward(dy, context, context.saved)

    def check_inputs(self, shapes: Any, least: int = 1, most: int | None = None) -> list[Shape]:
        """The shapes of the inputs; `ValueError` unless they are as many as allowed."""
        expected = f"{least}" if most == least else f"at least {least}"
        if not isinstance(shapes, list) or not least <= len(shapes) <= (most or len(shapes)):
            count = len(shapes) if isinstance(shapes, list) else "one alone"
            raise ValueError(f"layer {self.name!r} needs a list of {expected} inputs, got {count}")
        return [tuple(shape) for shape in shapes]


def mask_of_rows(layout: Layout) -> np.ndarray:
    """Which steps are there, `(N, T)` bool, the rows in the order of the layout."""
    mask = np.zeros((layout.rows, layout.width), bool)
    mask[np.repeat(np.arange(layout.rows), layout.lengths), layout.times] = True
    return mask


def layout_of(mask: np.ndarray, like: Layout) -> Layout:
    """The layout of a mask whose rows stand as those of `like`."""
    return replace(masked_layout(mask), order=like.order)
