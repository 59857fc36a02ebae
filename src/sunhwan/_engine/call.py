"""One layer, or a few, on arrays: outputs, states and gradients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sunhwan.layers.layer import Layer

from .arena import Arena
from .batch import Batch, form_of, order_of
from .inputs import as_floats, as_ids
from .packing import Tokenizer, pack_ids, pack_steps, take_batch
from .path import Path
from .plan import Call, Plan
from .sequences import Sequences
from .symbolic import check_built


@dataclass
class Trial:
    """What one run of a layer gave; gradients where `dy` was given.

    Attributes:
        output: the output array.
        states: final states, of recurrent layers.
        dx: gradient of the input, for float inputs; zero at masked steps; of several a list.
        gradients: of the layer's variables, in their order.
        dstates: gradients of the initial states, where some were given.
    """

    output: Any
    states: list[np.ndarray] = field(default_factory=list)
    dx: Any = None
    gradients: list[np.ndarray] = field(default_factory=list)
    dstates: list[np.ndarray] = field(default_factory=list)


def call_layer(
    layer: Any,
    inputs: Any,
    mask: Any,
    training: bool,
    initial_state: Any,
    options: Mapping[str, Any] | None = None,
) -> np.ndarray | list[np.ndarray]:
    """What `layer(inputs, ...)` returns."""
    trial = try_layer(
        layer,
        inputs,
        mask=mask,
        training=training,
        initial_state=initial_state,
        options=options,
    )
    if not trial.states:
        return trial.output
    return [*(trial.output if isinstance(trial.output, list) else [trial.output]), *trial.states]


def try_layer(
    layer: Layer,
    inputs: Any,
    dy: Any = None,
    *,
    mask: Any = None,
    training: bool = False,
    initial_state: Any = None,
    key: int = 0,
    options: Mapping[str, Any] | None = None,
) -> Trial:
    """Run a layer forward and, given the gradient `dy` of its output, backward.

    Of a layer with several outputs, `dy` is a list. The layer is built on first use. Variables'
    gradients are overwritten. Layers that return states put them into `context.final_states`, and
    take `context.initial_states`, both in the order of the slice's rows.
    """
    batch = _join(layer, inputs, mask) if layer.joins else _pack(layer, inputs, mask)
    order = order_of(batch)
    wants_dx = dy is not None and not getattr(layer, "reads_ids", False)
    count = len(batch) if layer.joins else 1
    told, outputs = dict(options or {}), 1
    if layer.joins and told:
        given = layer.shapes_with([(None, *np.shape(part)[1:]) for part in inputs], told)
        outputs = len(given) if isinstance(given, list) else 1
    results = tuple(range(count, count + outputs))
    call = Call(layer, tuple(range(count)), results, joins=layer.joins, options=told)
    path = Path(
        Plan(count, (call,), results),
        form_of(batch),
        Arena(),
        training=training or dy is not None,
        wants_dx=wants_dx,
        seed=key,
    )
    context = next(node.context for node in path.nodes if node.layer is layer)
    context.training = training
    context.differentiable = dy is not None
    if initial_state is not None:
        context.initial_states = [
            state[order] for state in _states(layer, initial_state, len(order))
        ]
    path.begin(batch)
    output = path.forward(batch, order)
    result = Trial(_unsorted(output, order))
    result.states = [_unsorted(state, order) for state in context.final_states]
    if dy is None:
        return result
    for variable in layer.variables:
        variable.grad[...] = 0
    dx = path.backward(_sorted(dy, order))
    path.end()
    result.gradients = [variable.grad.copy() for variable in layer.variables]
    result.dstates = [_unsorted(state, order) for state in context.dinitial_states]
    if layer.joins:
        result.dx = [
            _dense_gradient(part, dpart, np.shape(one))
            for part, dpart, one in zip(batch, dx, inputs, strict=True)
        ]
    elif wants_dx:
        result.dx = _dense_gradient(batch, dx, np.shape(inputs))
    return result


def _join(layer: Any, inputs: Any, mask: Any) -> tuple[Any, ...]:
    """The inputs of a layer of several: arrays, or packed steps where they have masks."""
    if not isinstance(inputs, (list, tuple)):
        got = type(inputs).__name__ + (" and a mask" if mask is not None else "")
        raise ValueError(f"layer {layer.name!r} takes a list of arrays, layer([a, b]), got {got}")
    if not (layer.apart or mask is None):
        raise ValueError(f"layer {layer.name!r} takes a list of arrays alone, got a mask")
    masks = [] if mask is None else mask
    if not isinstance(masks, (list, tuple)) or len(masks) > min(len(inputs), layer.apart):
        listed = isinstance(masks, (list, tuple))
        got = f"{len(masks)} of them" if listed else f"an array of shape {np.shape(masks)}"
        raise ValueError(
            f"mask of layer {layer.name!r} must be a list of a mask or None for each of its "
            f"inputs, got {got}"
        )
    name = f"input of layer {layer.name!r}"
    batch: list[Any] = [as_floats(each, f"{name}, number {n},") for n, each in enumerate(inputs)]
    shapes = [each.shape for each in batch]
    if len({shape[0] for shape in shapes}) > 1:
        raise ValueError(f"{name} must be arrays of as many rows, got shapes {shapes}")
    of_rows: Any = [(None, *shape[1:]) for shape in shapes]
    check_built(layer, of_rows)
    layer.ensure_built(of_rows)
    rows = np.arange(shapes[0][0])
    for number, one in enumerate(masks):
        if one is not None:
            present = _mask(layer, one, shapes[number][:2])
            batch[number] = take_batch(pack_steps(batch[number], present), rows, rows)
    return tuple(batch)


def _states(layer: Layer, given: Any, rows: int) -> list[np.ndarray]:
    """The initial states that the user gave, one array or a list of them."""
    name = f"initial_state of layer {layer.name!r}"
    if not hasattr(layer, "reset_states"):
        raise ValueError(f"layer {layer.name!r} takes no initial_state, got one")
    states = [
        as_floats(state, name) for state in (given if isinstance(given, (list, tuple)) else [given])
    ]
    for state in states:
        if len(state) != rows:
            raise ValueError(f"{name} must have {rows} rows as the input has, got {state.shape}")
    return states


def _mask(layer: Layer, mask: Any, shape: tuple[int, ...]) -> np.ndarray:
    """The mask that the user gave, `(N, T)` bool."""
    mask = np.asarray(mask)
    if mask.shape != shape:
        raise ValueError(f"mask of layer {layer.name!r} must have shape {shape}, got {mask.shape}")
    if mask.dtype.kind not in "biuf" or not np.isin(mask, (0, 1)).all():
        raise ValueError(f"mask of layer {layer.name!r} must hold True and False, got other values")
    return mask.astype(bool)


def _pack(layer: Any, inputs: Any, mask: Any) -> Batch:
    name = f"input of layer {layer.name!r}"
    if getattr(layer, "reads_ids", False):
        ids = as_ids(inputs, layer.input_dim, name)
        if ids.ndim != 2:
            raise ValueError(f"{name} must be ids of shape (rows, steps), got shape {ids.shape}")
        if mask is not None:
            raise ValueError(f"layer {layer.name!r} takes no mask: mask_zero makes one")
        layer.ensure_built((None, *ids.shape[1:]))
        data = pack_ids(ids, layer.mask_zero, share=False)
        return Tokenizer(layer.input_dim)(take_batch(data, np.arange(len(ids))))
    values = as_floats(inputs, name)
    if mask is not None:
        mask = _mask(layer, mask, values.shape[:2])
    if layer.takes == "sequences" and values.ndim < 3:
        raise ValueError(
            f"{name} must have shape (rows, steps, features), got shape {values.shape}"
        )
    layer.ensure_built((None, *values.shape[1:]))
    if layer.takes != "sequences":
        return values
    if mask is None or "mask" not in layer.keeps(False):
        return pack_steps(values)
    return take_batch(pack_steps(values, mask), np.arange(len(values)))


def _sorted(values: Any, order: np.ndarray) -> Any:
    """The rows in the batch's order, float32."""
    if isinstance(values, (list, tuple)):
        return [_sorted(value, order) for value in values]
    return np.ascontiguousarray(values, np.float32)[order]


def _unsorted(values: Any, order: np.ndarray) -> Any:
    """A copy of the rows in the user's order."""
    if isinstance(values, (list, tuple)):
        return [_unsorted(value, order) for value in values]
    result = np.empty_like(values)
    result[order] = values
    return result


def _dense_gradient(batch: Batch, dx: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if not isinstance(batch, Sequences):
        return dx.copy()
    dense = np.zeros(shape, np.float32)
    dense[batch.layout.step_rows, batch.layout.times] = dx
    return dense
