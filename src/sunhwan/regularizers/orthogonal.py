"""A penalty on the angles between a matrix's rows or columns."""

from __future__ import annotations

import numpy as np

from sunhwan.regularizers.regularizer import REGULARIZERS, Regularizer, check_factor

_EPSILON = 1e-7  # a norm below it counts as it, as in Keras


@REGULARIZERS.register()
class OrthogonalRegularizer(Regularizer):
    """``factor`` times the mean of ``abs(cos(angle))`` over all pairs of rows (or columns).

    Args:
        factor: a number of zero or more. Default 0.01.
        mode: ``"rows"`` (default) or ``"columns"``.

    Raises:
        ValueError: `factor` or `mode` is none of these; at the call, the weight is no matrix of
            two rows (columns) or more.

    >>> round(OrthogonalRegularizer(1.0)(np.array([[1.0, 0.0], [3.0, 3.0]])), 4)
    0.7071
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = check_factor(factor, "factor", 0.01)
        if mode not in ("rows", "columns"):
            raise ValueError(f"mode must be 'rows' or 'columns', got {mode!r}")
        self.mode = mode

    def __call__(self, w: np.ndarray) -> float:
        directions, _ = self._directions(w)
        cosines = np.abs(directions @ directions.T)
        pairs = len(cosines) * (len(cosines) - 1)
        return self.factor * float(cosines.sum() - np.trace(cosines)) / pairs

    def add_gradient(self, w: np.ndarray, dw: np.ndarray) -> None:
        directions, norms = self._directions(w)
        signs = np.sign(directions @ directions.T)
        np.fill_diagonal(signs, 0.0)
        pairs = len(signs) * (len(signs) - 1)
        ddirections = 2.0 * self.factor / pairs * (signs @ directions)
        along = (ddirections * directions).sum(axis=1, keepdims=True)
        drows = (ddirections - along * directions) / norms
        dw += (drows if self.mode == "rows" else drows.T).astype(dw.dtype)

    def _directions(self, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows (columns) scaled to length 1, and their lengths, in float64."""
        if w.ndim != 2 or (len(w) if self.mode == "rows" else w.shape[1]) < 2:
            raise ValueError(
                f"OrthogonalRegularizer needs a matrix of two {self.mode} or more, "
                f"got the shape {w.shape}"
            )
        rows = np.asarray(w if self.mode == "rows" else w.T, np.float64)
        norms = np.maximum(np.sqrt((rows**2).sum(axis=1, keepdims=True)), _EPSILON)
        return rows / norms, norms
