"""The base of all constraints, and their registry."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from sunhwan._engine.config import Configured
from sunhwan._engine.registry import Registry

CONSTRAINTS = Registry("constraint")


class Constraint(Configured, ABC):
    """Maps a weight to an allowed one, after every optimizer step.

    >>> class Even(Constraint):
    ...     def __call__(self, w):
    ...         return 2 * np.round(w / 2)
    >>> Even()(np.array([2.9, 3.1]))
    array([2., 4.])
    """

    @abstractmethod
    def __call__(self, w: np.ndarray) -> np.ndarray:
        """Return the allowed weight nearest to `w`, of the same shape and dtype; keep `w`."""
