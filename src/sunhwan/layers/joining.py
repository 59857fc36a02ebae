"""The base of layers that take several inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sunhwan._engine.form import Form
from sunhwan._engine.layout import Layout
from sunhwan._engine.packing import masked_layout

from .layer import Layer, Shape


class Joining(Layer):
    """A layer of several inputs, which it takes as a list.

    >>> import sunhwan as sh
    >>> issubclass(sh.layers.Concatenate, Joining)
    True
    """

    joins = True
    apart = 0  # so many of the first inputs come as sequences of their own, packed for themselves

    @property
    def packs(self) -> bool:
        """Whether a step of the output depends on that step of the inputs alone.

        If so, and the steps of all inputs are the same, they come packed; else as arrays.
        """
        return False

    def is_built_for(self, shapes: Any) -> bool:
        """Whether the weights that were made are those of inputs of these shapes."""
        built: Any = self.build_shape or ()
        return [shape[1:] for shape in built] == [shape[1:] for shape in shapes]

    def wants_array(self, options: Mapping[str, Any]) -> bool:
        """Whether the first input is an array all the same, where `apart`, in such a call."""
        return False

    @property
    def supports_masking(self) -> bool:
        return True

    def output_form(self, form: Form) -> Form:
        return form._replace(tokens=False)

    def joined_form(self, forms: Sequence[Form]) -> Form:
        """Kind of the output for inputs of these kinds: that of the first, if it is packed."""
        if forms[0].sequences:
            return self.output_form(forms[0])
        return Form(False, masked=self.keeps_mask([form.masked for form in forms]))

    def keeps_mask(self, masked: Sequence[bool]) -> bool:
        """Whether the output carries a mask, for inputs of which these carry one."""
        return all(masked)

    def joined_mask(
        self, layouts: Sequence[Layout | None], lengths: Sequence[int | None] = ()
    ) -> Layout | None:
        """The mask of the output: a step is real where one of the inputs' is.

        Args:
            layouts: of the inputs, `None` of one without a mask.
            lengths: how many steps the inputs that are arrays have; empty before data come.
        """
        present = [layout for layout in layouts if layout is not None]
        if all(layout.positions is present[0].positions for layout in present):
            return present[0]
        return layout_of(np.logical_or.reduce([mask_of_rows(one) for one in present]), present[0])

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
