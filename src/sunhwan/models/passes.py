"""Batches through a model's layers and its loss, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from sunhwan import _core
from sunhwan._engine.arena import Arena
from sunhwan._engine.batch import Batch, order_of, rows_of, take_rows
from sunhwan._engine.block import Block
from sunhwan._engine.observer import Observer
from sunhwan._engine.path import Path
from sunhwan._engine.plan import Plan

from .collected import collected_of, mask_of


class Passes:
    """Runs batches slice by slice; keeps the paths between steps.

    Args:
        plan: the graph of the model's layers, built.
        arena: where the values of a step live.
        block: the variables' flat block.
        seed: of dropout and the like.

    Attributes:
        lasts: the last layer of each output.
        trainable: whether each variable is.
        observer: who is shown what recurrent layers compute, or `None`.
    """

    def __init__(self, plan: Plan, arena: Arena, block: Block, seed: int) -> None:
        self._plan, self._arena, self._block, self._seed = plan, arena, block, seed
        self._paths: dict[tuple[Any, ...], Path] = {}
        self.lasts = [plan.last_layer(number) for number in range(len(plan.outputs))]
        self.trainable: tuple[bool, ...] = ()
        self.observer: Observer | None = None

    def path(
        self, form: Any, training: bool, logits: tuple[bool, ...], packed: bool = False
    ) -> Path:
        """The path for batches of a form; `packed`, `logits`: see `Path`."""
        key = (form, training, logits, packed, self.trainable)
        if key not in self._paths:
            self._paths[key] = Path(
                self._plan,
                form,
                self._arena,
                training=training,
                packed=packed,
                logits=logits,
                seed=self._seed,
            )
        path = self._paths[key]
        path.observe(self.observer)
        return path

    def outputs(self, path: Path, batch: Batch) -> Any:
        """Run a batch through a path."""
        collected = collected_of(rows_of(batch), [True] * len(self.lasts))
        order = order_of(batch)
        path.begin(batch)
        for first, last in path.slices(batch):
            rows = _part(order, first, last)
            collected.add(path.forward(take_rows(batch, first, last), rows), rows)
        return collected

    def losses(
        self, path: Path, batch: Batch, y: Any, weight: Any, loss: Any, step: int, look: Any
    ) -> Any:
        """Run a batch through a path and the loss, and back where it is trained on.

        `look(node)` is called after each node's forward, where it is given.
        """
        path.look = look
        try:
            return self._losses(path, batch, y, weight, loss, step)
        finally:
            path.look = None

    def _losses(self, path: Path, batch: Batch, y: Any, weight: Any, loss: Any, step: int) -> Any:
        if path.training:
            _core.clear(self._block.gradients)
        order = order_of(batch)
        collected = collected_of(rows_of(batch), loss.shows)
        path.begin(batch, step)
        masks = [None if layout is None else mask_of(layout) for layout in path.masks]
        left_out = zip(self.lasts, path.logits, strict=True)
        lasts = [last if taken else None for last, taken in left_out]
        collected.mask = tuple(masks) if path.several else masks[0]
        if path.several:
            loss.begin(y, weight, masks, lasts, self._arena.empty)
        else:
            loss.begin(y, weight, masks[0], lasts[0], self._arena.empty)
        whole = [(0, rows_of(batch))]
        for first, end in whole if loss.couples_rows else path.slices(batch):
            rows = _part(order, first, end)
            output = path.forward(take_rows(batch, first, end), rows)
            value, doutput, shown = loss.slice(rows, output)
            collected.add(shown, rows)
            collected.losses.append(value)
            if path.training:
                path.backward(doutput)
        if path.training:
            path.end()
        return collected


def _part(order: np.ndarray, first: int, last: int) -> np.ndarray:
    """The entries `first:last`; the array itself where these are all."""
    return order if last - first == len(order) else order[first:last]
