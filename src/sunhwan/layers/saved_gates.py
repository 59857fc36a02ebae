"""The gates of a recurrent layer, as a run of its cell has saved them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sunhwan import activations
from sunhwan.activations.rule import rule_of

from .cell_run import CellRun

if TYPE_CHECKING:
    from .recurrent import Recurrent

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
            rule.forward(chosen, chosen)
        return chosen

    @property
    def ends(self) -> tuple[float, float] | None:
        """The ends of the function's range where it saturates, else `None`."""
        return _ENDS.get(str(activations.serialize(self.function)))


def gates_of_run(layer: Recurrent, run: CellRun) -> Iterator[Gate]:
    """The gates of a layer's run, in the order of the weights; the state of a cell without any."""
    saved = run.saved[1]
    for number, name in enumerate(layer.gate_names or ("state",)):
        gated = name not in ("candidate", "state")
        function = layer.recurrent_activation if gated else layer.activation
        columns = slice(number * layer.units, (number + 1) * layer.units)
        yield Gate("", name, function, saved[:, columns])
