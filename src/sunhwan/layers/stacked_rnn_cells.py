"""Cells on one another, as one cell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, final

import numpy as np

from .cell_base import Arrays, CellBase
from .layer import Shape
from .registry import LAYERS, deserialize, serialize


@final
@LAYERS.register()
class StackedRNNCells(CellBase):
    """Cells of which each reads, at every step, the output of the one below; for `RNN`.

    The states are those of all cells, one after the other, from the first cell on.

    Args:
        cells: the cells, `LSTMCell` and the like or your own, from the input on.
        kwargs: arguments of `Layer`, `name` among them.

    Raises:
        ValueError: there is no cell, something else is among them, or one is there twice.

    >>> from sunhwan.layers import GRUCell, LSTMCell
    >>> StackedRNNCells([LSTMCell(4), GRUCell(3)]).state_size
    [4, 4, 3]
    """

    def __init__(self, cells: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.cells: list[Any] = list(cells) if isinstance(cells, Iterable) else [cells]
        if not self.cells:
            raise ValueError("StackedRNNCells needs at least one cell, got none")
        for cell in self.cells:
            if not isinstance(cell, CellBase) or isinstance(cell, StackedRNNCells):
                raise ValueError(f"cells must be cells such as LSTMCell(32), got {cell!r}")
        if len({id(cell) for cell in self.cells}) < len(self.cells):
            raise ValueError("each cell of StackedRNNCells must be one of its own, got one twice")

    @property
    def state_size(self) -> Any:
        return [size for cell in self.cells for size in cell.state_sizes]

    @property
    def output_size(self) -> int:
        return self.cells[-1].output_size

    @property
    def children(self) -> list[Any]:
        return list(self.cells)

    def build(self, input_shape: Shape) -> None:
        features = input_shape[-1]
        for cell in self.cells:
            cell.ensure_built((input_shape[0], features))
            features = cell.output_size

    def get_config(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "trainable": self.trainable,
            "cells": [serialize(cell) for cell in self.cells],
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> StackedRNNCells:
        return cls(**{**config, "cells": [deserialize(cell) for cell in config["cells"]]})

    def _one_step(
        self, inputs: np.ndarray, states: Arrays, training: bool
    ) -> tuple[np.ndarray, Arrays]:
        after: Arrays = []
        for cell in self.cells:
            own = states[len(after) : len(after) + len(cell.state_sizes)]
            inputs, new = cell(inputs, own, training)
            after += new
        return inputs, after
