"""The initializer of recurrent kernels."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from sunhwan._engine.arguments import check_number
from sunhwan.initializers.initializer import INITIALIZERS, RandomInitializer, as_float, as_shape


@INITIALIZERS.register("OrthogonalInitializer")
class Orthogonal(RandomInitializer):
    """Orthonormal rows or columns, times ``gain``, uniform among all such matrices.

    ``A = Q R`` for normal ``A``; the values are ``Q`` with the signs of R's diagonal. A shape of
    more than two dimensions is drawn as ``(product of the others, last)``. Of rows and columns the
    fewer are orthonormal. A recurrent kernel of gates, ``(H, G H)``, has orthonormal rows.

    Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep
    linear neural networks" (2013); Mezzadri, "How to generate random matrices from the classical
    compact groups" (2007) for the signs.

    Args:
        gain: a factor. Default 1.
        seed: see `RandomInitializer`.

    Raises:
        ValueError: at the call, the shape has fewer than two dimensions.

    >>> w = Orthogonal(seed=1)((3, 5))
    >>> np.allclose(w @ w.T, np.eye(3), atol=1e-6)
    True
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        super().__init__(seed)
        self.gain = check_number("gain", gain)

    def __call__(self, shape: Sequence[int], dtype: DTypeLike | None = None) -> np.ndarray:
        shape = as_shape(shape)
        if len(shape) < 2:
            raise ValueError(f"Orthogonal needs a shape of two dimensions or more, got {shape}")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        tall = (max(rows, columns), min(rows, columns))
        q, r = np.linalg.qr(self.generator().standard_normal(tall))
        q *= np.where(np.diag(r) < 0.0, -1.0, 1.0)
        matrix = q.T if rows < columns else q
        return as_float(self.gain * matrix.reshape(shape), dtype)
