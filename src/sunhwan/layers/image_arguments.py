"""What layers of images check of their arguments and inputs."""

from __future__ import annotations

from typing import Any

from sunhwan._engine.arguments import check_count

from .checks import check_features
from .layer import Layer, Shape


def two_integers(value: Any, name: str) -> tuple[int, int]:
    """`value`, a positive integer or a sequence of two, as a pair (height, width).

    Raises:
        ValueError: it is neither; `name` says which argument.

    >>> two_integers(3, "kernel_size"), two_integers([1, 2], "strides")
    ((3, 3), (1, 2))
    """
    if isinstance(value, (tuple, list)):
        if len(value) != 2:
            raise ValueError(f"{name} must be an integer or two of them, got {value!r}")
        return check_count(name, value[0]), check_count(name, value[1])
    whole = check_count(name, value)
    return whole, whole


def image_format(data_format: Any) -> str:
    """`data_format` where it is `None` or `"channels_last"`; `ValueError` if it is another."""
    if data_format not in (None, "channels_last"):
        raise ValueError(
            "data_format must be 'channels_last', images are (height, width, channels); "
            f"got {data_format!r}: put layers.Permute((2, 3, 1)) before the layers of images"
        )
    return "channels_last"


def check_image(layer: Layer, shape: Shape, channels: int | None = None) -> int:
    """How many channels images of `shape`, `(rows, height, width, channels)`, have.

    Raises:
        ValueError: the shape has other axes, or the channels are not known or not `channels`.
    """
    if len(shape) != 4:
        raise ValueError(
            f"layer {layer.name!r} needs input of shape (rows, height, width, channels), "
            f"got {tuple(shape)}"
        )
    return check_features(layer, shape, features=channels)
