"""What a model must be to decode with it, and what must be given to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sunhwan._engine.inputs import is_ragged, without_frame
from sunhwan._engine.plan import Plan
from sunhwan.models.model import Model
from sunhwan.models.shapes import fits


def check_states(model: Any, context: int) -> int:
    """How many states a decoder has that reads so many inputs besides."""
    if not isinstance(model, Model):
        raise ValueError(f"decoder must be a model, got {model!r}")
    name, held = f"decoder {model.name!r}", len(model.stepper().plan.outputs) - 1
    inputs = 1 if model.input_structure is None else len(model.input_structure.names)
    if inputs < 1 + held:
        raise ValueError(
            f"{name} has {_counted(1 + held, 'output')}, the scores and {_counted(held, 'state')}, "
            f"so it must have at least {_counted(1 + held, 'input')}, ids and the states; it has "
            f"{inputs}. Of a language model, decode.one_step makes a decoder"
        )
    if context != inputs - 1 - held:
        raise ValueError(
            f"{name} reads {_counted(inputs - 1 - held, 'input')} besides ids and states, got a "
            f"context of {context}"
        )
    return held


def check_memory(plan: Plan, ports: Sequence[Any], name: str) -> None:
    """Refuse a recurrent layer that reads the tokens but would begin anew with each of them."""
    read = {place for place, port in enumerate(ports) if port.input == 0}
    for call in plan.calls:
        if not read.intersection((*call.inputs, *call.states)):
            continue
        if hasattr(call.layer, "reset_states") and not call.states:
            raise ValueError(
                f"layer {call.layer.name!r} of {name} has no initial_state, so it would forget "
                "each token before the next; of a language model, decode.one_step makes a decoder"
            )
        read.update(call.outputs)


def names_of(states: int, context: int) -> list[str]:
    """What users call the inputs of a decoder."""
    numbered = [("states", states), ("context", context)]
    several = [
        name if count == 1 else f"{name}[{number}]"
        for name, count in numbered
        for number in range(count)
    ]
    return ["start", *several]


def shapes_of_inputs(model: Any) -> list[Any]:
    """The shapes of a decoder's inputs: ids, states, context."""
    structure, shapes = model.input_structure, model.input_shape
    return [shapes] if len(structure.names) == 1 else structure.split(shapes, "input_shape")


def width_of_scores(model: Any) -> int | None:
    """How many tokens a decoder scores, `None` where that shows only in a step.

    Raises:
        ValueError: it scores several steps.
    """
    shapes = model.output_shape
    shape = shapes[0] if isinstance(shapes, list) else shapes
    if any(size not in (None, 1) for size in shape[1:-1]):
        raise ValueError(
            f"decoder {model.name!r} must give, of each row, scores (N, C) or (N, 1, C) of one "
            f"token, got {shape}"
        )
    return shape[-1]


def check_given(model: Any, given: Sequence[Any], names: Sequence[str], rows: int) -> None:
    """Refuse states and context of other shapes than the model's inputs have."""
    for part, expected, name in list(zip(given, shapes_of_inputs(model), names, strict=True))[1:]:
        shape = _shape_of(without_frame(part))
        if shape is None:
            continue
        if not fits(expected, shape):
            ragged = "rows of different lengths, " if None in shape else ""
            raise ValueError(
                f"{name} must have shape {(rows, *expected[1:])} for decoder {model.name!r}, got "
                f"{ragged}{shape}"
            )
        if shape[0] != rows:
            raise ValueError(f"{name} must have {_counted(rows, 'row')} as start has, got {shape}")


def check_tokens(reader: Any, prefixes: Sequence[Sequence[int]], name: str) -> None:
    """Refuse a start that the model would not read."""
    for prefix in prefixes:
        if reader.mask_zero and 0 in prefix:
            raise ValueError(
                f"start must not hold 0, which layer {reader.name!r} of {name} masks, got "
                f"{prefix!r}: give sequences of different lengths as a list"
            )


def _shape_of(part: Any) -> Any:
    """The shape of what a user gave, `None` for steps of different numbers, or if it has none."""
    try:
        return (len(part), None, *np.shape(part[0])[1:]) if is_ragged(part) else np.shape(part)
    except ValueError:
        return None  # who reads it will say what is wrong


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
