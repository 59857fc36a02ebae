"""What can be said without learning: a model that is no better has learned nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sunhwan.cli.data import Part


@dataclass(frozen=True)
class Baseline:
    """A trivial rival of the models.

    Args:
        name: what it is called in tables and pictures.
        predict: `(training part, inputs) -> predictions`, in a form that the score takes.
    """

    name: str
    predict: Callable[[Part, np.ndarray], np.ndarray]


def _most_frequent(train: Part, x: np.ndarray) -> np.ndarray:
    classes, counts = np.unique(train.y, return_counts=True)
    return np.full(len(x), classes[counts.argmax()])


def _mean(train: Part, x: np.ndarray) -> np.ndarray:
    return np.full(len(x), np.mean(train.y))


def _last_value(train: Part, x: np.ndarray) -> np.ndarray:
    return x[:, -1, 0]


MAJORITY = Baseline("majority class", _most_frequent)
MEAN = Baseline("always the mean", _mean)
PERSISTENCE = Baseline("persistence", _last_value)
