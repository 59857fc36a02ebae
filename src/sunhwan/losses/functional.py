"""Losses as functions: the values of the entries, not reduced.

Each takes targets and predictions ``(..., C)`` and returns the values ``(...)``, float32; its
equation is that of its class.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from sunhwan.losses.loss import LOSSES, Loss
from sunhwan.losses.targets import align

Function = TypeVar("Function", bound=Callable[..., np.ndarray])

CLASSES: dict[Any, type[Loss]] = {}  # function -> the class of the same loss


def function_of(cls: type[Loss], *aliases: str) -> Callable[[Function], Function]:
    """Return a decorator that names a function as the loss `cls`, and as `aliases`."""

    def add(function: Function) -> Function:
        CLASSES[function] = cls
        return LOSSES.register(*aliases)(function)

    return add


def values_of(loss: Loss, y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """The values of the entries."""
    targets, predictions = align(y_true, y_pred, loss.takes_labels)
    return loss.call(loss.check_targets(targets, predictions.shape, "y_true"), predictions)
