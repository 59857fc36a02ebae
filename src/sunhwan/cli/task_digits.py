"""Digits: which digit is it? A picture is read row by row, as 8 steps of 8 numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sunhwan import layers, optimizers
from sunhwan.cli.baselines import MAJORITY
from sunhwan.cli.data import Data, Part, split
from sunhwan.cli.scores import ACCURACY
from sunhwan.cli.task import Recipe, Task
from sunhwan.datasets import digits

UNITS = 64


def load(seed: int) -> Data:
    """The digits, from 0 to 1; their split is always the same."""
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    return split(Part(_scaled(x_train), y_train), Part(_scaled(x_test), y_test), validation=0.2)


def _scaled(x: np.ndarray) -> np.ndarray:
    return (x / 16).astype(np.float32)


def _recipe(hidden: Callable[[], list[Any]]) -> Recipe:
    return Recipe(
        lambda: [*hidden(), layers.Dense(10, activation="softmax")],
        epochs=40,
        batch_size=16,
        optimizer=lambda: optimizers.Adam(learning_rate=2e-3),
    )


def _convolution() -> list[Any]:
    return [
        layers.Conv1D(UNITS, 3, activation="relu"),
        layers.MaxPooling1D(2),
        layers.Conv1D(UNITS, 3, activation="relu"),
        layers.Flatten(),
    ]


TASK = Task(
    load=load,
    models={
        "SimpleRNN": _recipe(lambda: [layers.SimpleRNN(UNITS)]),
        "LSTM": _recipe(lambda: [layers.LSTM(UNITS)]),
        "GRU": _recipe(lambda: [layers.GRU(UNITS)]),
        "Conv1D": _recipe(_convolution),
    },
    loss="sparse_categorical_crossentropy",
    score=ACCURACY,
    baseline=MAJORITY,
    metrics=("accuracy",),
)
