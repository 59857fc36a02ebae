"""The gates of any layer that has recurrent ones in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sunhwan._engine.context import Context

from .bidirectional import Bidirectional
from .recurrent import Recurrent
from .rnn import RNN
from .saved_gates import Gate, gates_of_run


def gates_of(layer: Any, context: Context) -> Iterator[Gate]:
    """The gates of a layer, between a slice's forward and its backward; none of other layers.

    Args:
        layer: a recurrent layer, a `Bidirectional` or an `RNN` of native cells.
        context: of the layer's node, with what its forward has saved.
    """
    if isinstance(layer, Recurrent):
        yield from gates_of_run(layer, context.saved.run)
    elif isinstance(layer, (Bidirectional, RNN)):
        for child, own in zip(layer.children, context.head_saved, strict=True):
            for gate in gates_of(child, own):
                yield gate._replace(owner=child.name)
