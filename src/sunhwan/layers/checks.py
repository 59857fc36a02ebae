"""What layers check of their arguments and inputs."""

from __future__ import annotations

from typing import Any

from sunhwan._engine.arguments import check_count
from sunhwan._engine.unknown_length import UnknownLengthError

from .layer import Layer, Shape


def one_integer(value: Any, name: str) -> tuple[int]:
    """`value`, a positive integer or a sequence of one, as Keras keeps it.

    Raises:
        ValueError: it is neither; `name` says which argument.
    """
    whole = value[0] if isinstance(value, (tuple, list)) and len(value) == 1 else value
    return (check_count(name, whole),)


def check_features(
    layer: Layer, shape: Shape, *, features: int | None = None, least_rank: int = 1
) -> int:
    """Return the length of the last axis of an input of `shape`.

    Args:
        layer: whose input it is.
        shape: of the input, or of its steps.
        features: the length that the layer was built for, `None` for any.
        least_rank: axes that the input must have.

    Raises:
        ValueError: it is unknown, 0 or another one; the message names the layer.
    """
    if len(shape) < least_rank:
        raise ValueError(
            f"layer {layer.name!r} needs an input of at least {least_rank} axes, "
            f"got shape {tuple(shape)}"
        )
    last = shape[-1]
    if last is None:
        raise UnknownLengthError(
            f"layer {layer.name!r} needs an input whose last axis has a fixed length, "
            f"got shape {tuple(shape)}"
        )
    if last == 0:
        raise ValueError(
            f"layer {layer.name!r} needs an input of at least one feature, got shape {tuple(shape)}"
        )
    if features is not None and last != features:
        raise ValueError(
            f"layer {layer.name!r} was built for {features} features, got shape {tuple(shape)}"
        )
    return last


def check_rank(layer: Layer, shape: Shape, rank: int) -> None:
    """Check that an input of `shape` has `rank` axes.

    Raises:
        ValueError: it has not; the message names the layer.
    """
    if len(shape) != rank:
        raise ValueError(
            f"layer {layer.name!r} needs an input of {rank} axes, got shape {tuple(shape)}"
        )


def check_steps(layer: Layer, input_shape: Shape) -> int:
    """How many features the steps of inputs of `input_shape`, `(rows, steps, features)`, have.

    Raises:
        ValueError: the shape has other axes, or the features are not known.
    """
    if len(input_shape) != 3:
        hint = "; a recurrent layer before it needs return_sequences=True"
        raise ValueError(
            f"layer {layer.name!r} needs input of shape (rows, steps, features), "
            f"got {tuple(input_shape)}{hint if len(input_shape) == 2 else ''}"
        )
    return check_features(layer, input_shape)
