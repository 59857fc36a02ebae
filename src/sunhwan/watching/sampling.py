"""Samples of what the layers compute in a step, taken while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sunhwan import activations
from sunhwan._engine.node import Node
from sunhwan._engine.sequences import Sequences
from sunhwan.activations.rule import rule_of
from sunhwan.layers.gates import gates_of

from .snapshot import GateStatistics, LayerStatistics
from .summary import Summary

MOST_FLOATS = 1 << 14  # of a layer's output, and of a gate, in one slice of a batch


class Sampling:
    """Copies of some of what each layer computes, slice by slice of a batch.

    It is the `look` of one training step (`_engine/path.py`).

    Args:
        names: of the layers that are looked at, by `id(layer)`.
    """

    def __init__(self, names: Mapping[int, str]) -> None:
        self._names = names
        self._outputs: dict[str, list[np.ndarray]] = {}
        self._gates: dict[str, dict[tuple[str, str], list[Any]]] = {}

    def __call__(self, node: Node) -> None:
        """Copy some of what a node has just computed."""
        name = self._names.get(id(node.layer))
        if name is None:
            return  # an adapter
        self._take_output(name, node)
        for gate in gates_of(node.layer, node.context):
            part = gate.ends, gate.activations(_chosen(*gate.values.shape))
            self._gates.setdefault(name, {}).setdefault((gate.owner, gate.name), []).append(part)

    def _take_output(self, name: str, node: Node) -> None:
        """Copy rows of the output, made an activation where that was left to the loss."""
        value: Any = node.outputs[0].value
        if isinstance(value, Sequences):
            head = node.outputs[0].head
            value = head.tokens if value.values is None and head is not None else value.values
        if not isinstance(value, np.ndarray) or value.ndim < 2 or not value.size:
            return
        rows = value.reshape(-1, value.shape[-1])
        sample = np.array(rows[_chosen(*rows.shape)], order="C")
        if node.context.logits:
            left_out = activations.get(node.layer.output_activation)
            rule_of(left_out).forward(sample.copy(), sample)
        self._outputs.setdefault(name, []).append(sample)

    def statistics(
        self, reach: Mapping[str, Mapping[str, np.ndarray]]
    ) -> dict[str, LayerStatistics]:
        """What was seen of each layer, and how far back its gradients reach."""
        found: dict[str, LayerStatistics] = {}
        for layer, outputs in self._outputs.items():
            sample = np.concatenate(outputs)
            off = frozenset(np.flatnonzero(~sample.any(axis=0)).tolist())
            silent = len(off) / sample.shape[1]
            gates: dict[str, dict[str, GateStatistics]] = {}
            for (owner, gate), parts in self._gates.get(layer, {}).items():
                values = np.concatenate([values for _, values in parts])
                gates.setdefault(owner, {})[gate] = _gate_statistics(parts[0][0], values)
            found[layer] = LayerStatistics(
                layer, Summary.of(sample), silent, gates, reach.get(layer, {}), off
            )
        return found


def _chosen(rows: int, columns: int) -> Any:
    """Which rows are looked at: all, or some spread evenly, in step with no period."""
    wanted = max(1, MOST_FLOATS // max(1, columns))
    if rows <= wanted:
        return slice(None)
    golden = 0.6180339887498949
    return (np.arange(wanted) * golden % 1.0 * rows).astype(np.int64)


def _gate_statistics(ends: tuple[float, float] | None, values: np.ndarray) -> GateStatistics:
    if ends is None:
        return GateStatistics(float(values.mean()), 0.0, 0.0)
    least, most = ends
    margin = (most - least) * (0.1 if least == 0 else 0.05)
    low = float((values < least + margin).mean())
    high = float((values > most - margin).mean())
    return GateStatistics(float(values.mean()), low, high)
