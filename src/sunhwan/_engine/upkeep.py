"""Gives the memory of a slice back to the arena as soon as nobody reads it any more.

Without gradients, an edge's values go with its last reader, and what else a node took goes when it
is done. On the way back the same holds for gradients; what was saved on the way there stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .arena import Arena, Piece
from .node import Edge, Node
from .sequences import Sequences


class Upkeep:
    """Counts who reads the pieces of an arena that the nodes of a path took.

    Args:
        arena: where the values of a step live.
        nodes: in the order in which they run.
        kept: edges whose values and gradients are read outside.
    """

    def __init__(self, arena: Arena, nodes: Sequence[Node], kept: Iterable[Edge]) -> None:
        self._arena = arena
        self._kept = set(kept)
        self._readers: dict[Piece, int] = {}
        self._pieces: dict[Edge, list[Piece]] = {}
        last: dict[Edge, Node] = {}
        for node in nodes:
            for edge in (*node.outputs, *node.inputs, *node.states):
                last[edge] = node
        self._ends: dict[Node, list[Edge]] = {}
        for edge, node in last.items():
            if edge not in self._kept:
                self._ends.setdefault(node, []).append(edge)

    def start(self) -> None:
        """Note what is taken from now on."""
        self._arena.noted = []

    def stop(self) -> None:
        """Note nothing more, and forget what was noted."""
        self._arena.noted = None
        self._readers.clear()
        self._pieces.clear()

    def after_forward(self, node: Node) -> None:
        """Give back what the node took for itself, and the values that it was the last to read."""
        taken = self._taken()
        for edge in node.outputs:
            self._hold(edge, edge.value)
        self._sweep(taken)
        for edge in self._ends.get(node, ()):
            self._drop(edge)

    def after_backward(self, node: Node) -> None:
        """Give back what the node took for itself, and the gradients of its outputs."""
        taken = self._taken()
        for edge in (*node.inputs, *node.states):
            before = self._pieces.get(edge, [])
            self._hold(edge, edge.gradient)
            self._release(before)
        for edge in node.outputs:
            self._drop(edge)
        self._sweep(taken)

    def _taken(self) -> list[Piece]:
        taken, self._arena.noted = self._arena.noted or [], []
        for piece in taken:
            self._readers.setdefault(piece, 0)
        return taken

    def _hold(self, edge: Edge, value: Any) -> None:
        """Note in which pieces an edge's array lies."""
        array = value.values if isinstance(value, Sequences) else value
        held: list[Piece] = []
        if array is not None and array.size:
            first = array.__array_interface__["data"][0]
            for piece in self._readers:
                start = self._arena.blocks[piece[0]].__array_interface__["data"][0]
                if start + piece[1] <= first < start + piece[2]:
                    held.append(piece)
        for piece in held:
            self._readers[piece] += 1
        self._pieces[edge] = held

    def _drop(self, edge: Edge) -> None:
        if edge not in self._kept:
            self._release(self._pieces.pop(edge, []))

    def _release(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            self._readers[piece] -= 1
        self._sweep(list(pieces))

    def _sweep(self, pieces: Iterable[Piece]) -> None:
        """Give back those that nobody reads."""
        for piece in pieces:
            if self._readers.get(piece) == 0:
                del self._readers[piece]
                self._arena.give_back(piece)
