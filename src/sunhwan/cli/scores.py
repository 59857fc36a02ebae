"""How good a model's answers are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Score:
    """A number that says how good predictions are.

    Args:
        name: what it is called in tables and pictures.
        measure: `(targets, predictions) -> float`.
        higher_is_better: whether it is to grow.
        decimals: how many to show.
    """

    name: str
    measure: Callable[[np.ndarray, np.ndarray], float]
    higher_is_better: bool = True
    decimals: int = 3

    def show(self, value: float) -> str:
        """The value as text."""
        return f"{value:.{self.decimals}f}"


def accuracy(y: np.ndarray, predictions: np.ndarray) -> float:
    """The share of rows whose class is right.

    Args:
        y: classes `(N,)`.
        predictions: classes `(N,)`, probabilities of class 1 `(N, 1)`, or of each class `(N, C)`.

    >>> accuracy(np.array([1, 0]), np.array([[0.9], [0.8]]))
    0.5
    """
    if predictions.ndim == 2:
        one = predictions.shape[1] == 1
        predictions = predictions[:, 0] > 0.5 if one else predictions.argmax(axis=1)
    return float(np.mean(predictions == y.reshape(-1)))


def squared_error(y: np.ndarray, predictions: np.ndarray) -> float:
    """The mean squared error; `y` and `predictions` hold as many numbers.

    >>> squared_error(np.array([1.0, 2.0]), np.array([[1.0], [4.0]]))
    2.0
    """
    return float(np.mean((y.reshape(-1) - predictions.reshape(-1)) ** 2))


def within(tolerance: float) -> Callable[[np.ndarray, np.ndarray], float]:
    """The share of rows whose number is right to within `tolerance`.

    >>> within(0.5)(np.array([1.0, 2.0]), np.array([[1.5], [2.6]]))
    0.5
    """

    def measure(y: np.ndarray, predictions: np.ndarray) -> float:
        differences = np.abs(y.reshape(-1) - predictions.reshape(-1))
        return float(np.mean(differences <= tolerance))

    return measure


ACCURACY = Score("accuracy", accuracy)
SQUARED_ERROR = Score("mean squared error", squared_error, higher_is_better=False, decimals=2)
