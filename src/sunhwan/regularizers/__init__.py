"""Penalties on weights, with Keras's names and defaults."""

from __future__ import annotations

from typing import Any

from sunhwan._engine.absent import absent_names
from sunhwan._engine.registry import deserializer, serialize
from sunhwan.regularizers.norms import L1, L1L2, L2
from sunhwan.regularizers.orthogonal import OrthogonalRegularizer
from sunhwan.regularizers.regularizer import REGULARIZERS, Regularizer

l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer

deserialize = deserializer(REGULARIZERS)


def get(identifier: Any) -> Regularizer | None:
    """Return the regularizer that `identifier` means.

    Args:
        identifier: a name (``"l1"``, ``"l2"``, ``"l1_l2"``: all factors 0.01), a config, a class,
            a regularizer, or `None` (stays `None`). A function will not do: it has no gradient.

    Raises:
        ValueError: the name is unknown or the identifier is none of these.

    >>> get("l2")
    L2(l2=0.01)
    """
    if isinstance(identifier, str) and identifier in ("l1_l2", "l1l2"):
        # The name means what Keras's page says; the class's own defaults are 0, as in Keras.
        return L1L2(0.01, 0.01)
    return REGULARIZERS.get(identifier)


__all__ = [
    "L1",
    "L1L2",
    "L2",
    "OrthogonalRegularizer",
    "Regularizer",
    "deserialize",
    "get",
    "l1",
    "l1_l2",
    "l2",
    "orthogonal_regularizer",
    "serialize",
]

__getattr__ = absent_names(__name__, __all__)
