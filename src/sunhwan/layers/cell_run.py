"""One native run of a recurrent cell, and back."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from sunhwan import _core
from sunhwan._engine.context import Context


class CellSizes(NamedTuple):
    """What a cell asks of its arrays: `G` gates, `S` saved vectors a step."""

    gates: int
    saved: int
    has_c: bool
    has_recurrent_bias: bool
    separate_gradients: bool
    carries_h: bool

    @staticmethod
    @cache
    def of(cell: str) -> CellSizes:
        """Those of the native cell of this name."""
        return CellSizes(*_core.recurrent_sizes(cell))

    @property
    def in_place(self) -> bool:
        """Whether what is saved of the gates, and their gradient, fit where the inputs' stood."""
        return self.saved == self.gates and not self.separate_gradients


class Cell(NamedTuple):
    """A cell with its functions and weights.

    Args:
        name: of the native cell.
        kinds: numbers of `activation` and `recurrent_activation`.
        kernel: the recurrent kernel, `(H, G * H)`.
        bias: the recurrent bias, `(G * H,)`, or `None`.
    """

    name: str
    kinds: tuple[int, int]
    kernel: np.ndarray
    bias: np.ndarray | None

    @property
    def sizes(self) -> CellSizes:
        return CellSizes.of(self.name)


class Inputs(NamedTuple):
    """What the loop itself makes the pre-activations of the inputs of: `values kernel + bias`.

    Args:
        values: `(P, I)`.
        kernel: `(I, G * H)`.
        bias: `(G * H,)`, or `None`.
    """

    values: np.ndarray
    kernel: np.ndarray
    bias: np.ndarray | None


class CellRun:
    """A run over `N` packed rows, `P` steps of `H` units in all.

    Args:
        cell: what runs.
        context: where memory comes from; says whether to save, for the way back or an observer.
        offsets: `(N + 1,)` int64.
        x: pre-activations of the inputs, `(P, G * H)`, or of the tokens that `index` names.
            Overwritten where nothing else is needed. Or `Inputs`.
        index: `(P,)` int32 or `None`.
        initial: first states, `(N, H)` each, or `None` for zeros.
        mask: `(N, H)`, multiplies h where it enters the product, or `None`.
        reverse: whether rows go from their last step to their first.
        out: `(P, H)`, takes each step's h, or `None`.
        saved_c: `(P, H)`, takes each step's c; by default taken from the context where needed.

    Attributes:
        out: the argument.
        last: the last states, `(N, H)` each.
    """

    def __init__(
        self,
        cell: Cell,
        context: Context,
        offsets: np.ndarray,
        x: np.ndarray | Inputs,
        index: np.ndarray | None,
        *,
        initial: list[np.ndarray] | None = None,
        mask: np.ndarray | None = None,
        reverse: bool = False,
        out: np.ndarray | None = None,
        saved_c: np.ndarray | None = None,
    ) -> None:
        sizes, units = cell.sizes, len(cell.kernel)
        rows, steps = len(offsets) - 1, int(offsets[-1])
        empty = context.empty
        if context.differentiable and mask is not None and sizes.carries_h and out is None:
            out = empty((steps, units))
        self.last = [empty((rows, units)) for _ in range(1 + sizes.has_c)]
        h0, c0 = [*(initial or ()), None, None][:2]
        self._states = h0, c0 if sizes.has_c else None
        self._saved: tuple[Any, Any, Any] = (None, None, saved_c)
        inputs = x if isinstance(x, Inputs) else None
        xp = None if isinstance(x, Inputs) else x
        if context.differentiable or context.observer is not None:
            gates = xp
            if gates is None or index is not None or not sizes.in_place:
                gates = empty((steps, sizes.saved * units))
            if sizes.has_c and saved_c is None:
                saved_c = empty((steps, units))
            self._saved = empty((steps, units)), gates, saved_c
        self._cell, self._context, self._offsets = cell, context, offsets
        self._mask, self._reverse, self.out = mask, reverse, out
        _core.recurrent_forward(
            cell.name,
            *cell.kinds,
            offsets,
            xp,
            index,
            cell.kernel,
            cell.bias,
            *self._states,
            mask,
            reverse,
            out,
            self.last[0],
            self.last[1] if sizes.has_c else None,
            *self._saved,
            *(inputs or ()),
        )

    def backward(
        self,
        dout: np.ndarray | None,
        dlast: list[np.ndarray | None],
        dkernel: np.ndarray | None,
        *,
        dc: np.ndarray | None = None,
        dinitial: list[np.ndarray] | None = None,
        totals: list[np.ndarray] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """The gradients of the inputs' pre-activations and of the recurrent product, `(P, G * H)`.

        Args:
            dout: gradient of each step's h, or `None`.
            dlast: gradients of the last h and c, or `None` each.
            dkernel: the recurrent kernel's gradient, added to; `None` leaves it out.
            dc: gradient of each step's c, or `None`.
            dinitial: takes the gradients of the first states.
            totals: take the gradients of the states after each step, `(P, H)` each.
        """
        cell, sizes = self._cell, self._cell.sizes
        h, gates, c = self._saved
        steps, units = h.shape
        shape = steps, sizes.gates * units
        dx = gates if sizes.in_place else self._context.empty(shape)
        dproduct = self._context.empty(shape) if sizes.separate_gradients else dx
        dlast_h, dlast_c = dlast
        dh0, dc0 = [*(dinitial or ()), None, None][:2]
        total_dh, total_dc = [*(totals or ()), None, None][:2]
        _core.recurrent_backward(
            cell.name,
            *cell.kinds,
            self._offsets,
            cell.kernel,
            *self._states,
            self._mask,
            self._reverse,
            self.out,
            h,
            gates,
            c,
            dout,
            dlast_h,
            dlast_c,
            dc,
            dx,
            dproduct,
            dh0,
            dc0,
            total_dh,
            total_dc,
        )
        if dkernel is not None and not self._is_brief:
            _core.recurrent_weights(cell.name, h, gates, dproduct, dkernel)
        return dx, dproduct

    @property
    def saved(self) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """What the forward saved: the h that was multiplied, `(P, S * H)` of the gates, each c."""
        return self._saved

    @property
    def _is_brief(self) -> bool:
        """Whether no row has a step after its first, and the state before that is zero."""
        rows = len(self._offsets) - 1
        if self._states[0] is not None or self._offsets[-1] > rows:
            return False
        return bool((np.diff(self._offsets) <= 1).all())
