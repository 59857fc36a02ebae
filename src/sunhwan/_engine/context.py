"""What a layer is told, and may keep, during one step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from .arena import Arena
from .layout import Layout
from .seeds import derive
from .sequences import Head

if TYPE_CHECKING:
    from .observer import Observer


class Context:
    """One node's side of a step.

    Attributes:
        training: whether dropout and the like are on.
        differentiable: whether `backward` may follow, so that it must be saved for.
        wants_dx: whether `backward` must return a gradient.
        key: 64-bit key of this node's random numbers in this step (see `random_key`).
        step: number of the training step.
        logits: whether the last activation is left to the loss (`Layer.output_activation`).
        batch_rows: how many rows the whole batch has.
        rows: `(N,)` int64, the place in the batch of each row of the slice.
        layout: where the steps of the slice, in `forward_head` those of the batch, stand on the
            input edge; `None` where it carries an array.
        mask: where the steps of the slice stand that the mask of an array leaves, else `None`.
        layouts: of a layer with several inputs, the layout or mask of each.
        head: head of the input edge, `None` without one; of several inputs a list.
        dhead: its gradient, to be added to; `None` without a head or where `wants_dx` is false.
        output_dhead: gradient of the output edge's head, whole when `backward` is called; only
            where a layer of the path couples the rows, else `backward_head` gets it.
        options: what the layer was told in this call (see `plan.Call`).
        saved: the layer's own, from a slice's `forward` to its `backward`.
        head_saved: the layer's own, for the whole step.
        initial_states, final_states: of recurrent layers, `(N, units)` each, in the order of the
            slice's rows; `initial_states` is `None` unless they are given.
        dinitial_states: gradients of the initial states that were given.
        dfinal_states: gradients of the final states, `None` each where nobody reads it, or `None`.
        observer: is shown what recurrent layers compute (see `observer.py`), or `None`.
        doutput: for the observer: the gradient of each step's output from outside of the recurrent
            layer, `(P, units)`; `None` where only the last step's is an output.
    """

    def __init__(self, arena: Arena, training: bool, wants_dx: bool) -> None:
        self.arena = arena
        self.training = training
        self.differentiable = training
        self.wants_dx = wants_dx
        self.key = 0
        self.step = 0
        self.logits = False
        self.batch_rows = 0
        self.rows: np.ndarray = np.zeros(0, np.int64)
        self.layout: Layout | None = None
        self.mask: Layout | None = None
        self.layouts: list[Layout | None] = []
        self.head: Any = None
        self.dhead: Any = None
        self.output_dhead: Head | None = None
        self.options: Mapping[str, Any] = {}
        self.saved: Any = None
        self.head_saved: Any = None
        self.initial_states: list[np.ndarray] | None = None
        self.final_states: list[np.ndarray] = []
        self.dinitial_states: list[np.ndarray] = []
        self.dfinal_states: list[np.ndarray | None] | None = None
        self.observer: Observer | None = None
        self.doutput: np.ndarray | None = None
        self.empty = arena.empty
        self.zeros = arena.zeros

    def random_key(self, seed: int | None) -> int:
        """The key of a layer with its own `seed` argument, the node's key where that is `None`."""
        return self.key if seed is None else derive(seed, self.step)

    def child(self, number: int) -> Context:
        """A context for the wrapped layer `number` of this node's layer."""
        child = Context(self.arena, self.training, self.wants_dx)
        child.differentiable = self.differentiable
        child.key, child.step, child.rows = derive(self.key, number), self.step, self.rows
        child.observer = self.observer
        return child
