"""Records the steps of a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sunhwan import _core
from sunhwan._engine.arena import Arena
from sunhwan._engine.batch import Batch
from sunhwan._engine.block import Block
from sunhwan._engine.dense_batch import numbers_of, with_numbers
from sunhwan._engine.path import Path
from sunhwan._engine.recorded import (
    MOST_BYTES,
    Recorded,
    Recordings,
    closed,
    same_bits,
    staged,
)

from .collected import Collected


class Recorder(Recordings):
    """The recorded steps of a model, and how one is made.

    Args:
        arena: where the values of a step live.
        block: the variables' flat block.
        limit: ids that the model takes are below it.
    """

    def __init__(self, arena: Arena, block: Block, limit: int) -> None:
        super().__init__()
        self._arena, self._block, self._limit = arena, block, limit

    def record(
        self,
        kind: Any,
        path: Path,
        batch: Batch,
        y: Any,
        loss: Any,
        run: Callable[[Batch, Any], Collected],
    ) -> Collected:
        """Do a step, by `run(batch, y)`, and keep its recording if it can be replayed."""
        numbers = numbers_of(batch)
        path.lay_out(batch)
        if numbers.nbytes > MOST_BYTES or not path.replays or len(list(path.slices(batch))) > 1:
            self.keep(kind, None)
            return run(batch, y)
        if loss is not None:
            loss.watch()
        x, y = staged(numbers), None if y is None else staged(y)
        calls = _core.Recording()
        calls.start()
        try:
            collected = run(with_numbers(batch, x), y)
        finally:
            calls.stop()
        memory = [*self._arena.blocks, self._block.values, self._block.gradients, x]
        memory += [] if y is None else [y]
        recorded = None
        if (loss is None or loss.replays) and closed(calls, memory, collected.last):
            scale = (1.0, 1.0) if loss is None else loss.scale
            shows = loss is None or loss.shows[0]
            recorded = Recorded(calls, x, y, self._limit, collected.last, scale, shows)
        self.keep(kind, recorded if recorded and self._holds(recorded, collected) else None)
        return collected

    def _holds(self, recorded: Recorded, collected: Collected) -> bool:
        """Whether the calls give the step's results where all other memory is spoilt."""
        gradients = self._block.gradients.copy()
        self._arena.spoil()
        recorded.again()
        shown = recorded.outputs
        same = shown is None or same_bits(shown, collected.outputs)
        same = same and same_bits(self._block.gradients, gradients)
        if collected.losses:
            same = same and same_bits(np.array(recorded.loss), np.array(collected.losses[0]))
        self._block.gradients[...] = gradients
        return same
