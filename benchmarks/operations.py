"""How many floating-point operations a workload's step needs.

Counted are multiplications and additions of the matrix products, two for each pair of an input and
a weight; a training step has the forward products, those of the weights' gradients, and those of
the inputs' gradients, but for the model's own input; none for a state of zeros that a row begins
from. Not counted are activations, pointwise parts of cells, the lookup in an embedding, pooling,
the loss and the optimizer.

`dense` counts every step of every padded row, as a package does that pads. `needed` counts what is
left when nothing is computed twice: masked steps not at all, the shared run of padding once a
batch, the product of the first matrix once for each distinct token of a batch, and in a greedy
search no scores, of which only the greatest word is asked for. Our share of the machine's peak is
of `needed`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks import translator
from benchmarks.shapes import GATES, Shape, walk
from benchmarks.workload import Layer, Workload


@dataclass(frozen=True)
class Extent:
    """How much of a batch there is, on average.

    Args:
        steps: that are computed for all rows together.
        tokens: rows of the first product: distinct ids, or the same as `steps`.
        begun: of the steps, those that begin from a state of zeros.
    """

    steps: float
    tokens: float
    begun: float


def padded_extent(rows: int, steps: int) -> Extent:
    """All steps of all rows."""
    return Extent(rows * steps, rows * steps, rows)


def own_extent(workload: Workload, arrays: dict[str, np.ndarray]) -> Extent:
    """What is left when nothing is computed twice."""
    x, rows = arrays["x"], workload.batch
    if x.ndim != 2:
        return padded_extent(rows, x.shape[1])
    masked, plain = bool(workload.layers[0].get("mask_zero")), _plain(workload.layers)
    found = []
    for start in range(0, len(x) - rows + 1, rows):
        batch = x[start : start + rows]
        starts = np.argmax(batch != 0, axis=1)
        steps, begun = batch.size, rows
        if masked or _one_way(workload.layers):
            run = 0 if masked else int(starts.max())
            steps -= int(starts.sum()) - run
            if run > 0:  # begins for all rows that begin with padding
                begun = 1 + int((starts == 0).sum())
        ids = batch[batch != 0] if masked else batch
        found.append((steps, len(np.unique(ids)) if plain else steps, begun))
    return Extent(*(float(number) for number in np.mean(found, axis=0)))


def needed_and_dense(workload: Workload, arrays: dict[str, np.ndarray]) -> tuple[float, float]:
    """Operations of one batch, of what is needed and of all padded steps."""
    first, rows = workload.layers[0], workload.batch
    if first["kind"] == "Translator":
        batches, training = len(arrays["x"]) // rows, workload.task == "fit"
        full = {name: np.ones_like(arrays[name]) for name in ("x", "y")}
        return (
            translator.operations(first, arrays, batches, training, workload.task != "greedy"),
            translator.operations(first, full, batches, training),
        )
    width = arrays["x"].shape[1:]
    return (
        operations(workload, width, own_extent(workload, arrays)),
        operations(workload, width, padded_extent(rows, width[0])),
    )


def operations(workload: Workload, width: Shape, extent: Extent) -> float:
    """Operations of one batch.

    Args:
        workload: the model and what is done with it.
        width: of a row of the input, ``(T,)`` or ``(T, I)``.
        extent: how much of the padded batch is there.
    """
    training = workload.task == "fit"
    total, steps_first = 0.0, extent.steps / width[0]
    is_data = len(width) == 2  # no gradient of the model's own input
    for place, (layer, shape) in enumerate(walk(workload.layers, width)):
        if not layer or layer["kind"] == "Embedding":
            continue
        first = place == 1 and workload.layers[0]["kind"] == "Embedding"
        steps = steps_first * (shape[0] if len(shape) == 2 else workload.batch)
        if len(shape) == 1:
            steps = workload.batch
        tokens = extent.tokens if first else steps
        for pairs, times, of_input in _products(layer, shape, steps, tokens, extent.begun):
            passes = 1 if not training else 2 if of_input and is_data else 3
            total += 2.0 * pairs * times * passes
        is_data = is_data and not _has_weights(layer)
    return total


def _products(layer: Layer, shape: Shape, steps: float, tokens: float, begun: float) -> list[Any]:
    """Pairs of input and weight, how often they are multiplied, and whether it reads the input."""
    kind = layer["kind"]
    if kind == "Bidirectional":
        return 2 * _products(layer["layer"], shape, steps, tokens, begun)
    if kind in GATES:
        units, gates = layer["units"], GATES[kind]
        return [(shape[1] * gates * units, tokens, True), (gates * units**2, steps - begun, False)]
    if kind == "Dense":
        return [(shape[-1] * layer["units"], steps, True)]
    if kind == "Conv1D":
        taps = layer["kernel_size"]
        return [(taps * shape[1] * layer["filters"], tokens, True)]
    return []


def _has_weights(layer: Layer) -> bool:
    return layer["kind"] in (*GATES, "Bidirectional", "Dense", "Conv1D")


def _plain(layers: tuple[Layer, ...]) -> bool:
    """Whether equal ids give equal values: not where dropout makes them differ."""
    return not any(layer.get("dropout") or layer.get("recurrent_dropout") for layer in layers)


def _one_way(layers: tuple[Layer, ...]) -> bool:
    """Whether padding in front is shared: not where a layer reads from the end, or drops."""
    return _plain(layers) and all(layer["kind"] != "Bidirectional" for layer in layers)
