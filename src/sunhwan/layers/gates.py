"""The gates of recurrent layers, as a training step's forward has saved them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from sunhwan import activations
from sunhwan._engine.context import Context
from sunhwan.activations.rule import rule_of

from .bidirectional import Bidirectional
from .recurrent import Recurrent
from .rnn import RNN

_ENDS = {"sigmoid": (0.0, 1.0), "hard_sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}


class Gate(NamedTuple):
    """One gate in a slice of a batch.

    Attributes:
        owner: name of the recurrent layer within the layer that was asked, `""` for itself.
        name: `"forget"` and the like.
        function: its activation.
        values: `(P, H)`, of each packed step; a view that lives until the slice's backward. Where
            the function's slope needs its input this is the input.
    """

    owner: str
    name: str
    function: Callable[..., Any]
    values: np.ndarray

    def activations(self, steps: Any = slice(None)) -> np.ndarray:
        """A copy of the activations `(n, H)` of the chosen steps."""
        chosen = np.array(self.values[steps], order="C")
        rule = rule_of(self.function)
        if rule.needs_input:
            rule.forward(chosen.copy(), chosen)
        return chosen

    @property
    def ends(self) -> tuple[float, float] | None:
        """The ends of the function's range where it saturates, else `None`."""
        return _ENDS.get(str(activations.serialize(self.function)))


def gates_of(layer: Any, context: Context) -> Iterator[Gate]:
    """The gates of a layer, between a slice's forward and its backward; none of other layers.

    Args:
        layer: a recurrent layer, a `Bidirectional` or an `RNN` of native cells.
        context: of the layer's node, with what its forward has saved.
    """
    if isinstance(layer, Recurrent):
        yield from _own_gates(layer, context)
    elif isinstance(layer, (Bidirectional, RNN)):
        for child, own in zip(layer.children, context.head_saved, strict=True):
            for gate in gates_of(child, own):
                yield gate._replace(owner=child.name)


def _own_gates(layer: Recurrent, context: Context) -> Iterator[Gate]:
    saved = context.saved.run.saved[1]
    for number, name in enumerate(layer.gate_names or ("state",)):
        gated = name not in ("candidate", "state")
        function = layer.recurrent_activation if gated else layer.activation
        columns = slice(number * layer.units, (number + 1) * layer.units)
        yield Gate("", name, function, saved[:, columns])
