"""What is done to each variable before its update: clipping by norm, and weight decay."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sunhwan import _core
from sunhwan.optimizers.step import Piece, Range


@dataclass
class Undecayed:
    """The variables that `weight_decay` passes over.

    Attributes:
        variables: some of them.
        names: of others, regular expressions; a variable counts if its path has one in it.
    """

    variables: list[Any] = field(default_factory=list)
    names: Iterable[str] = ()

    def __post_init__(self) -> None:
        self._pattern = re.compile("|".join(self.names)) if self.names else None

    def __contains__(self, entry: Range) -> bool:
        if self._pattern is not None and self._pattern.search(entry.name) is not None:
            return True
        variable = getattr(entry, "variable", entry)
        return any(excluded is variable for excluded in self.variables)


def pieces_of(
    gradients: np.ndarray,
    trainable: Sequence[Range],
    *,
    decay: float,
    undecayed: Undecayed,
    clipnorm: float | None,
    global_clipnorm: float | None,
) -> list[Piece]:
    """Return the place of each variable with what clipping and decay make of it.

    Args:
        gradients: flat, of all variables.
        trainable: where in it the variables to update are.
        decay: share of the values to take off, but of the `undecayed`.
        undecayed: variables that are not to decay.
        clipnorm: the greatest norm of each variable's gradient, or none.
        global_clipnorm: the greatest norm of all together, or none.
    """
    pieces = [
        Piece(entry.start, entry.stop, 1.0, 0.0 if entry in undecayed else decay)
        for entry in trainable
    ]
    if not (clipnorm or global_clipnorm):
        return pieces
    squares = [_core.sum_of_squares(gradients[p.start : p.stop]) for p in pieces]
    if global_clipnorm:
        squares = [sum(squares)] * len(pieces)
    for piece, square in zip(pieces, squares, strict=True):
        piece.scale = _clip_scale(math.sqrt(square), global_clipnorm or clipnorm or 0.0)
    return pieces


def _clip_scale(norm: float, limit: float) -> float:
    """Return what brings a norm down to `limit`; NaN where the norm is not finite."""
    return limit / max(norm, limit) if math.isfinite(norm) else math.nan
