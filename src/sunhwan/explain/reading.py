"""What a row brings to one input of a model."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sunhwan._engine.sequences import Sequences
from sunhwan.models.graph import Port


class Reading(NamedTuple):
    """What one row brings to one input of a model.

    Attributes:
        name: of the input.
        ids: `(T,)`, zero at masked steps; `None` where the input are numbers.
        numbers: `(T, ...)`, zero at masked steps, or any shape of an array; `None` of ids.
        present: `(T,)` bool, the steps that no mask leaves out; `None` of an array without steps.
        vocabulary: id -> token, where the model itself makes ids of texts.
    """

    name: str
    ids: Any
    numbers: Any
    present: Any
    vocabulary: list[str] | None

    @property
    def steps(self) -> int:
        return 0 if self.present is None else len(self.present)

    @property
    def is_count(self) -> bool:
        """Whether there is a number for each word of the vocabulary."""
        return self.vocabulary is not None and self.ids is None

    @property
    def own(self) -> np.ndarray:
        """Which steps are no padding, `(T,)` bool: neither masked nor zeros at the row's ends.

        Of an array without steps all, or the words of the vocabulary that the row has.
        """
        if self.present is None:
            return self.numbers != 0 if self.is_count else np.ones(len(self.numbers), bool)
        own = self.present.copy()
        if self.ids is not None and (self.ids != 0).any():
            (places,) = np.nonzero(self.ids)
            own[: places[0]] = own[places[-1] + 1 :] = False
        return own


def read(name: str, port: Port, part: Any) -> Reading:
    """What the one row brings to an input."""
    vocabulary = None
    if port.preparation is not None:
        vocabulary = port.preparation.get_vocabulary()
    if not isinstance(part, Sequences):
        return Reading(name, None, part[0], None, vocabulary)
    layout = part.layout
    width = int(layout.width if layout.extents is None else layout.extents[0])
    present = np.zeros(width, bool)
    present[layout.times] = True
    if part.index is None:
        numbers = np.zeros((width, *part.values.shape[1:]), np.float32)
        numbers[layout.times] = part.values
        return Reading(name, None, numbers, present, vocabulary)
    assert part.head is not None
    ids = np.zeros(width, np.int32)
    ids[layout.times] = part.head.tokens[part.index]
    return Reading(name, ids, None, present, vocabulary)
