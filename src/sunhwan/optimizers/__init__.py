"""What changes parameters by their gradients, with Keras's names, arguments and equations."""

from __future__ import annotations

from typing import Any

from sunhwan._engine.absent import absent_names
from sunhwan._engine.registry import deserializer, serialize
from sunhwan.optimizers import schedules
from sunhwan.optimizers.adadelta import Adadelta
from sunhwan.optimizers.adagrad import Adagrad
from sunhwan.optimizers.adam import Adam, AdamW
from sunhwan.optimizers.adamax import Adamax
from sunhwan.optimizers.nadam import Nadam
from sunhwan.optimizers.optimizer import OPTIMIZERS, Optimizer
from sunhwan.optimizers.rmsprop import RMSprop
from sunhwan.optimizers.sgd import SGD

deserialize = deserializer(OPTIMIZERS)


def get(identifier: Any) -> Optimizer:
    """Return the optimizer that `identifier` means.

    Args:
        identifier: a name, in any case (``"rmsprop"``), a config, a class, or an optimizer.

    Raises:
        ValueError: the name is unknown or the identifier is none of these.

    >>> get("adam").learning_rate
    0.001
    """
    return OPTIMIZERS.get(identifier)


__all__ = [
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Nadam",
    "Optimizer",
    "RMSprop",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]

__getattr__ = absent_names(__name__, __all__)
