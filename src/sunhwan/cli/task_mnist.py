"""MNIST: which digit is it? A picture is read row by row, as 28 steps of 28 numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from sunhwan import layers
from sunhwan.cli.baselines import MAJORITY
from sunhwan.cli.data import Data, Part, split
from sunhwan.cli.scores import ACCURACY
from sunhwan.cli.task import Recipe, Task
from sunhwan.datasets import mnist


def load(seed: int) -> Data:
    """The digits, from 0 to 1; their split is always the same."""
    (x_train, y_train), (x_test, y_test) = mnist.load_data()
    return split(Part(_scaled(x_train), y_train), Part(_scaled(x_test), y_test), validation=0.1)


def _scaled(x: np.ndarray) -> np.ndarray:
    return (x / 255).astype(np.float32)


def _recurrent(cell: Any) -> Recipe:
    return Recipe(
        lambda: [cell(128), layers.Dense(10, activation="softmax")], epochs=2, batch_size=128
    )


def _convolution() -> list[Any]:
    return [
        layers.Conv1D(64, 5, activation="relu"),
        layers.MaxPooling1D(2),
        layers.Conv1D(128, 5, activation="relu"),
        layers.MaxPooling1D(2),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ]


TASK = Task(
    load=load,
    models={
        "SimpleRNN": _recurrent(layers.SimpleRNN),
        "LSTM": _recurrent(layers.LSTM),
        "GRU": _recurrent(layers.GRU),
        "Conv1D": Recipe(_convolution, epochs=2, batch_size=128),
    },
    loss="sparse_categorical_crossentropy",
    score=ACCURACY,
    baseline=MAJORITY,
    metrics=("accuracy",),
)
