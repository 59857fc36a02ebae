"""Runs a plan apart from the model's training: outputs, what observers see, gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from sunhwan._engine.arena import Arena
from sunhwan._engine.batch import Batch, form_of, order_of, rows_of, take_rows
from sunhwan._engine.observer import Observer
from sunhwan._engine.path import Path
from sunhwan._engine.plan import Plan
from sunhwan.models.collected import collected_of

# From the outputs of a slice, and where the steps of each stand that its mask leaves (or `None`),
# to the gradients of these outputs.
Gradients = Callable[[Any, list[Any]], Any]


def run(
    model: Any,
    plan: Plan,
    batch: Batch,
    observer: Observer | None = None,
    gradients: Gradients | None = None,
    take: Callable[[Any, np.ndarray], None] | None = None,
) -> Any:
    """The outputs of a plan of the model's layers, in the order of the rows.

    Nothing of the model changes: dropout is off, the gradients of its weights and the states of
    stateful layers stay as they were.

    Args:
        model: whose layers these are.
        plan: what is computed.
        batch: what its inputs take.
        observer: is shown the recurrent layers.
        gradients: where given, the way back is gone too.
        take: gets the gradients of each slice's inputs, and the places of its rows.

    Returns:
        As from a `Path`: an array, a list of ragged rows, or a tuple of these.
    """
    goes_back = gradients is not None
    path = Path(plan, form_of(batch), Arena(), differentiable=goes_back, wants_dx=goes_back)
    path.observe(observer)
    order = order_of(batch)
    collected = collected_of(rows_of(batch), [True] * len(plan.outputs))
    with model.stepper().paused(), _fresh_states(plan.layers):
        path.begin(batch)
        for first, last in path.slices(batch):
            rows = order[first:last]
            outputs = path.forward(take_rows(batch, first, last), rows)
            collected.add(outputs, rows)
            if gradients is not None:
                masks = [mask and mask.slice(first, last) for mask in path.masks]
                dx = path.backward(gradients(outputs, masks))
                if take is not None:
                    take(dx, rows)
    return collected.outputs


@contextmanager
def _fresh_states(layers: Iterable[Any]) -> Iterator[None]:
    """Stateful layers begin from zero, and have their states again afterwards."""
    kept = [(layer, layer.states) for layer in with_children(layers) if "states" in vars(layer)]
    try:
        for layer, _ in kept:
            layer.reset_states()
        yield
    finally:
        for layer, states in kept:
            layer.states = states


def with_children(layers: Iterable[Any]) -> Iterator[Any]:
    """The layers and those inside them."""
    for layer in layers:
        yield layer
        yield from with_children(layer.children)
