"""Steps on batches of one shape: recorded once, done again by one native call.

What a step does to a dense batch is a list of native calls that differs from step to step in
nothing but the numbers they find: the arena gives the same arrays each time, weights and gradients
stay in their blocks. So the calls of one step are recorded with their addresses while it runs on a
*stage*, a fixed place for the batch; the next batch is copied there and the calls are made again,
without Python. The results are the same to the bit.

A step is recorded where each layer and the loss say that they `replay`, and where it shows that all
floats which the calls touched lie in memory that stays: the arena, the blocks, the stage. Whatever
else (randomness, states, masks, code of the user) runs as it is written. Setting any attribute of
a layer, variable or loss forgets all recordings.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from sunhwan import _core

from .block import aligned_zeros

REPEATS = 2  # so many steps of a kind run as they are written before one is recorded
MOST_KINDS = 32
MOST_BYTES = 1 << 20  # of a batch: with more, Python's part does not matter


class Recorded:
    """A step whose calls were recorded.

    Args:
        calls: the recording.
        x: the stage of the inputs, float32 or int32.
        y: that of the targets, or `None`.
        limit: ids are below it, and labels.
        output: the outputs, in memory that the calls write.
        scale: factor and divisor that make the sum of the losses' values the batch's loss.
        shows: whether somebody looks at the outputs.
    """

    def __init__(
        self,
        calls: _core.Recording,
        x: np.ndarray,
        y: Any,
        limit: int,
        output: np.ndarray,
        scale: tuple[float, float] = (1.0, 1.0),
        shows: bool = True,
    ) -> None:
        self._calls, self._x, self._y, self._limit = calls, x, y, limit
        self._output, self._scale, self._shows = output, scale, shows

    def again(self) -> None:
        """Do the step on the data that are on the stage."""
        self._calls.run()

    def run(self, x: np.ndarray, y: np.ndarray | None = None) -> bool:
        """Do the step on other data; false, and nothing done, where they are not of its kind."""
        if not _core.copy_checked(x, self._x, self._limit):
            return False
        if y is not None and not _core.copy_checked(y, self._y, self._output.shape[-1]):
            return False
        self._calls.run()
        return True

    @property
    def loss(self) -> float:
        """The batch's loss in the last `run`, without regularization."""
        factor, divisor = self._scale
        return self._calls.total * factor / divisor

    @property
    def outputs(self) -> np.ndarray | None:
        """A copy of the outputs of the last `run`; `None` where nobody looks at them."""
        return self._output.copy() if self._shows else None


class Recordings:
    """The recorded steps of a model."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Recorded | int | None] = {}

    def clear(self) -> None:
        """Forget all."""
        self._known.clear()

    def find(self, kind: Hashable) -> Recorded | None:
        """The recording of this kind of step, if there is one."""
        known = self._known.get(kind)
        return known if type(known) is Recorded else None

    def due(self, kind: Hashable) -> bool:
        """Whether this step is to be recorded; counts it."""
        seen = self._known.get(kind, 0)
        if type(seen) is not int:
            return False
        if not seen and len(self._known) >= MOST_KINDS:
            del self._known[next(iter(self._known))]
        self._known[kind] = seen + 1
        return seen == REPEATS

    def keep(self, kind: Hashable, recorded: Recorded | None) -> None:
        """Replay such steps from now on; `None`: never record one."""
        self._known[kind] = recorded


def staged(values: np.ndarray) -> np.ndarray:
    """A copy of float32 or int32 values in memory that stays."""
    stage = aligned_zeros(values.size).view(values.dtype).reshape(values.shape)
    stage[...] = values
    return stage


def same_bits(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two arrays are equal, NaN and signs of zeros included."""
    return one.shape == other.shape and one.tobytes() == other.tobytes()


def is_own(thing: Any) -> bool:
    """Whether a class of this package, and none of the user, says what `thing` does."""
    return type(thing).__module__.partition(".")[0] == "sunhwan"


def closed(calls: _core.Recording, memory: Sequence[np.ndarray], output: Any) -> bool:
    """Whether the calls can be made again, and the output lies in `memory` too."""
    return (
        calls.whole
        and calls.lies_within(memory)
        and isinstance(output, np.ndarray)
        and output.dtype == np.float32
        and any(np.may_share_memory(output, block) for block in memory)
    )
