"""First values of weights, with Keras's names, defaults and variances."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sunhwan._engine.absent import absent_names
from sunhwan._engine.registry import deserializer, serialize
from sunhwan.initializers.constant import Constant, Identity, Ones, Zeros
from sunhwan.initializers.initializer import INITIALIZERS, Initializer, RandomInitializer
from sunhwan.initializers.orthogonal import Orthogonal
from sunhwan.initializers.random import RandomNormal, RandomUniform, TruncatedNormal
from sunhwan.initializers.variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)

constant, identity, ones, zeros = Constant, Identity, Ones, Zeros
orthogonal, variance_scaling = Orthogonal, VarianceScaling
random_normal, random_uniform, truncated_normal = RandomNormal, RandomUniform, TruncatedNormal
glorot_normal, glorot_uniform = GlorotNormal, GlorotUniform
he_normal, he_uniform = HeNormal, HeUniform
lecun_normal, lecun_uniform = LecunNormal, LecunUniform

deserialize = deserializer(INITIALIZERS)


def get(identifier: Any) -> Callable[..., np.ndarray] | None:
    """Return the initializer that `identifier` means.

    Args:
        identifier: a name (``"glorot_uniform"``), a config, a class, an initializer, a function
            ``(shape, dtype=None) -> array``, an array (its values), or `None` (stays `None`).

    Raises:
        ValueError: the name is unknown or the identifier is none of these.

    >>> get("he_normal")
    HeNormal(seed=None, input_axes=None, output_axes=None)
    """
    if isinstance(identifier, (np.ndarray, np.generic)):
        return Constant(identifier)
    return INITIALIZERS.get(identifier)


__all__ = [
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "RandomInitializer",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "constant",
    "deserialize",
    "get",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "lecun_normal",
    "lecun_uniform",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "serialize",
    "truncated_normal",
    "variance_scaling",
    "zeros",
]

__getattr__ = absent_names(__name__, __all__)
