"""What of Keras's `backend` programs without automatic differentiation have a use for."""

from __future__ import annotations

from typing import Any

import numpy as np

from sunhwan._engine.absent import absent_names
from sunhwan._engine.names import clear_session
from sunhwan._engine.variable import Variable

__all__ = ["clear_session", "epsilon", "floatx", "get_value", "set_value"]


def epsilon() -> float:
    """The small number that keeps divisors and logarithms from 0.

    >>> epsilon()
    1e-07
    """
    return 1e-7


def floatx() -> str:
    """The type of all numbers.

    >>> floatx()
    'float32'
    """
    return "float32"


def get_value(x: Any) -> Any:
    """The values of a variable, as an array; anything else as it is.

    Args:
        x: a variable, a number or an array.

    >>> get_value(0.5)
    0.5
    """
    return x.numpy() if isinstance(x, Variable) else x


def set_value(x: Any, value: Any) -> None:
    """Overwrite the values of a variable.

    Args:
        x: the variable.
        value: an array of its shape.

    Raises:
        TypeError: `x` is a number: a learning rate is set by ``optimizer.learning_rate = value``.

    >>> import sunhwan as sh
    >>> layer = sh.layers.Dense(2, input_dim=1)
    >>> layer.build((None, 1))
    >>> set_value(layer.bias, [1.0, 2.0])
    >>> get_value(layer.bias)
    array([1., 2.], dtype=float32)
    """
    if not isinstance(x, Variable):
        raise TypeError(
            f"x must be a variable, got {x!r}; a learning rate is set by "
            "model.optimizer.learning_rate = value"
        )
    x.assign(np.asarray(value))


__getattr__ = absent_names(__name__, __all__)
