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


def given_shape(input_shape: Any, further: dict[str, Any]) -> Any:
    """The input shape of a layer, also where Keras's programs name it otherwise.

    Args:
        input_shape: what the layer was given under that name, or `None`.
        further: the other arguments; `input_dim` and `batch_input_shape` are taken out.
    """
    if "input_dim" in further:
        input_shape = (further.pop("input_dim"),) if input_shape is None else input_shape
    if "batch_input_shape" in further:
        shape = check_batch_shape("batch_input_shape", further.pop("batch_input_shape"))
        input_shape = shape[1:] if input_shape is None else input_shape
    return input_shape


def explain_abstract(cls: type) -> str:
    """Say why there can be no layer of a class that has not written what it must."""
    missing = sorted(getattr(cls, "__abstractmethods__", ()))
    start = f"{cls.__name__} cannot be made: it must write {' and '.join(missing)}"
    call = getattr(cls, "call", None)
    if call is None:
        return start
    if "states" in getattr(getattr(call, "__code__", None), "co_varnames", ()):
        return (
            f"{start}, got call; a cell of your own is a subclass of layers.Cell that writes step "
            "and step_back, in NumPy"
        )
    return (
        f"{start}, got call; where call only calls other layers, make the class a subclass of "
        "Model, and it works as it stands"
    )


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
