"""What stands around `build` and `compute_output_shape` of every layer, a user's among them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from sunhwan._engine.arguments import check_batch_shape
from sunhwan._engine.seeds import seeds_from


def built_once(build: Callable[..., None]) -> Callable[..., None]:
    """`build` with its shape checked; it makes the weights at its first call alone.

    The first weights depend on when the layer was made, not on when it is built.
    """

    @wraps(build)
    def checked(layer: Any, input_shape: Any) -> None:
        if layer.building:  # `super().build(input_shape)`
            build(layer, input_shape)
            return
        shape = checked_shape(layer, input_shape)
        if layer.built:
            return
        layer.building = True
        try:
            with seeds_from(layer.seed_of_weights):
                build(layer, shape)
        finally:
            layer.building = False
        layer.built = True
        layer.build_shape = tuple(shape)

    return checked


def of_checked_shape(compute: Callable[..., Any]) -> Callable[..., Any]:
    """`compute_output_shape` with its shape checked."""

    @wraps(compute)
    def checked(layer: Any, input_shape: Any) -> Any:
        return compute(layer, checked_shape(layer, input_shape))

    return checked


def checked_shape(layer: Any, shape: Any) -> Any:
    """The shape of a layer's input, or of its inputs a list, as tuples.

    Raises:
        ValueError: it is something else; the message names the layer.
    """
    name = f"input_shape of layer {layer.name!r}"
    several = isinstance(shape, (list, tuple)) and any(
        isinstance(one, (list, tuple)) for one in shape
    )
    if layer.joins and not shape:
        raise ValueError(f"layer {layer.name!r} takes a list of inputs, got none")
    if layer.joins and several:
        return [check_batch_shape(name, one) for one in shape]
    return check_batch_shape(name, shape)
