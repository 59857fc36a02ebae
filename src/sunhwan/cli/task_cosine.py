"""Cosine: what comes next in a wave of period 30, half of which is noisy?"""

from __future__ import annotations

from typing import Any

from sunhwan import layers
from sunhwan.cli.baselines import PERSISTENCE
from sunhwan.cli.data import Data, Part
from sunhwan.cli.picture_series import draw_series
from sunhwan.cli.scores import SQUARED_ERROR
from sunhwan.cli.task import Recipe, Task
from sunhwan.datasets import cosine

NOISE = 111  # the seed of the series that is learned


def load(seed: int) -> Data:
    """Windows of ten values and the value that follows; the series is always the same.

    All 330 training windows are trained on. What is watched meanwhile is as long a piece of another
    series, the same wave with other noise.
    """
    train, test = cosine.load_data(seed=NOISE)
    validation, _ = cosine.load_data(seed=NOISE + 1)
    return Data(Part(*train), Part(*validation), Part(*test))


def _recipe(*hidden: Any) -> Recipe:
    return Recipe(
        lambda: [*(make() for make in hidden), layers.Dense(1)], epochs=100, batch_size=12
    )


TASK = Task(
    load=load,
    models={
        "SimpleRNN": _recipe(lambda: layers.SimpleRNN(32)),
        "LSTM": _recipe(lambda: layers.LSTM(64, return_sequences=True), lambda: layers.LSTM(32)),
        "GRU": _recipe(lambda: layers.GRU(30, return_sequences=True), lambda: layers.GRU(30)),
        "Conv1D": _recipe(
            lambda: layers.Conv1D(32, 3, activation="relu"),
            lambda: layers.Conv1D(32, 3, activation="relu"),
            layers.Flatten,
        ),
    },
    loss="mse",
    score=SQUARED_ERROR,
    baseline=PERSISTENCE,
    draw=draw_series,
)
