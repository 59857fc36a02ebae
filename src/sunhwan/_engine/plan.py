"""Which layers a batch goes through, and whose output is whose input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple


class Call(NamedTuple):
    """One use of a layer. Edges are numbered.

    Args:
        layer: what is called.
        inputs: the edges that it reads.
        outputs: the edges that it writes: its outputs, then its final states.
        states: the edges that hold its initial states.
        joins: whether it takes its inputs as a list.
        training: whether dropout and the like are on, where the call fixed that.
        options: what the layer was told in this call besides, by name.
    """

    layer: Any
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    states: tuple[int, ...] = ()
    joins: bool = False
    training: bool | None = None
    options: Mapping[str, Any] = MappingProxyType({})


class Plan(NamedTuple):
    """A graph of calls.

    Args:
        inputs: how many edges hold the data: those of the numbers from 0 on.
        calls: in an order in which each reads only what is there already.
        outputs: the edges of the results.
    """

    inputs: int
    calls: tuple[Call, ...]
    outputs: tuple[int, ...]

    @property
    def layers(self) -> list[Any]:
        """The layers, each once."""
        return list({id(call.layer): call.layer for call in self.calls}.values())

    def last_call(self, output: int) -> Call | None:
        """The call that gives the result number `output` alone, `None` if others read it too."""
        edge = self.outputs[output]
        if self.outputs.count(edge) > 1:
            return None
        if any(edge in (*call.inputs, *call.states) for call in self.calls):
            return None
        call = next((call for call in self.calls if edge in call.outputs), None)
        return None if call is None or len(call.outputs) > 1 else call

    def last_layer(self, output: int) -> Any:
        """The layer of that call, or `None`."""
        call = self.last_call(output)
        return None if call is None else call.layer


def chain(layers: Sequence[Any]) -> Plan:
    """Layers of which each reads what the one before gives."""
    calls = [Call(layer, (number,), (number + 1,)) for number, layer in enumerate(layers)]
    return Plan(1, tuple(calls), (len(calls),))
