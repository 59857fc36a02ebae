"""What is known of data and model before a step is made, from a sample of bounded size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sunhwan._engine.batch import parts_of
from sunhwan._engine.sequences import Sequences
from sunhwan.layers.batch_normalization import BatchNormalization
from sunhwan.layers.layer_normalization import LayerNormalization
from sunhwan.layers.normalization import Normalization

from .constant_guess import constant_guess, dominating

INPUT_ROWS = 256
TARGET_ROWS = 20_000
NUMBERS = 200_000  # of inputs, and of targets

_NORMALIZING = (BatchNormalization, LayerNormalization, Normalization)


@dataclass(frozen=True)
class Scale:
    """The numbers of one feature of an input.

    Args:
        input: number of the input.
        feature: number of the feature.
        features: how many the input has.
        low, high: the least and the greatest.
        size: the root of the mean square.
    """

    input: int
    feature: int
    features: int
    low: float
    high: float
    size: float


@dataclass(frozen=True)
class Facts:
    """What is known of data and model.

    Args:
        rows: of training.
        values: targets' numbers in all.
        parameters: numbers that are trained.
        guess: the loss of the best constant prediction on the training rows, `None` where it is not
            known.
        val_guess: the loss of the same prediction on the validation rows.
        label, share: the most frequent class and its share of the rows; -1 and 0 where there are no
            classes.
        scales: of each input's largest and of its smallest feature.
        weighted: whether rows have weights.
    """

    rows: int
    values: int
    parameters: int
    guess: float | None = None
    val_guess: float | None = None
    label: int = -1
    share: float = 0.0
    scales: tuple[Scale, ...] = ()
    weighted: bool = False


def look(model: Any, source: Any, held_out: Any) -> Facts:
    """Look at what a model is trained on.

    Args:
        model: it.
        source: the training rows, `models.data.Examples`.
        held_out: the validation rows, likewise, or anything else, which is not looked at.
    """
    stepper = model.stepper()
    ranges = stepper.block.ranges
    parameters = sum(int(r.variable.value.size) for r in ranges if r.variable.trainable)
    y, weighted = source.y, source.weight is not None
    rows = source.rows
    guess = val_guess = None
    label, share, values = -1, 0.0, rows
    if not isinstance(y, tuple):
        targets = _targets(source)
        values = max(1, round(rows * targets.size / len(_sampled(source))))
        loss, masks = model._objective, any(_masks(layer) for layer in model.layers)
        steps = targets.ndim > (1 if getattr(loss.loss, "takes_labels", False) else 2)
        if not weighted and not (masks and steps):  # which steps are masked, is not known yet
            validation = getattr(held_out, "weight", held_out) is None
            others = _targets(held_out) if validation and held_out else None
            guess, val_guess = constant_guess(loss.loss, targets, others)
            guess = None if guess is None else guess * loss.factor
            val_guess = None if val_guess is None else val_guess * loss.factor
        label, share = dominating(loss.loss, targets)
    scales = _scales(stepper.plan, model.ports, source)
    return Facts(rows, values, parameters, guess, val_guess, label, share, scales, weighted)


def _masks(layer: Any) -> bool:
    masks = bool(getattr(layer, "mask_zero", False)) or type(layer).__name__ == "Masking"
    return masks or any(_masks(child) for child in layer.children)


def _sampled(source: Any) -> np.ndarray:
    """Places of at most `TARGET_ROWS` rows with about `NUMBERS` targets, evenly spread."""
    y, few = source.y, source.places[:20]
    numbers = sum(y[place].size for place in few) / len(few) if isinstance(y, list) else y[0].size
    most = max(1, min(TARGET_ROWS, int(NUMBERS / max(1, numbers))))
    return source.places[:: -(-source.rows // most)]


def _targets(source: Any) -> np.ndarray:
    """Targets of a sample of the rows."""
    places = _sampled(source)
    if isinstance(source.y, list):
        return np.concatenate([source.y[place] for place in places])
    return source.y[places]


def _scales(plan: Any, ports: Any, source: Any) -> tuple[Scale, ...]:
    """The largest and the smallest feature of each input of numbers that no layer normalizes."""
    places = source.places[:: -(-source.rows // INPUT_ROWS)]
    scales = []
    for number, part in enumerate(parts_of(source.feed.batch(places))):
        values = part.values if isinstance(part, Sequences) else part
        if values is None or values.dtype.kind != "f" or not values.size:
            continue
        if _is_normalized(plan, number):
            continue
        flat = values.reshape(-1, values.shape[-1])
        flat = flat[:: -(-flat.size // NUMBERS)].astype(np.float64)
        sizes = np.sqrt(np.mean(flat * flat, axis=0))
        for feature in sorted({int(sizes.argmax()), int(sizes.argmin())}):
            column = flat[:, feature]
            extent = float(column.min()), float(column.max())
            at = ports[number].input, feature, len(sizes)
            scales.append(Scale(*at, *extent, float(sizes[feature])))
    return tuple(scales)


def _is_normalized(plan: Any, number: int) -> bool:
    """Whether the first layers with numbers of their own behind an input normalize it."""
    edges, reached = {number}, []
    for call in plan.calls:
        if edges.intersection(call.inputs):
            if call.layer.variables or isinstance(call.layer, _NORMALIZING):
                reached.append(isinstance(call.layer, _NORMALIZING))
            else:
                edges.update(call.outputs)
    return bool(reached) and all(reached)
