"""Product: two numbers of a sequence are marked; what is their product?"""

from __future__ import annotations

from typing import Any

from sunhwan import layers
from sunhwan.cli.baselines import MEAN
from sunhwan.cli.data import Data, Part, split
from sunhwan.cli.picture_scatter import draw_scatter
from sunhwan.cli.scores import Score, within
from sunhwan.cli.task import Recipe, Task
from sunhwan.datasets import product

STEPS = 100
UNITS = 30
TOLERANCE = 0.04


def load(seed: int, steps: int = STEPS) -> Data:
    """Sequences of (mark, number), made from the seed."""
    train, test = product.load_data(steps=steps, seed=seed)
    return split(Part(*train), Part(*test), validation=0.2)


def _recurrent(cell: Any) -> Recipe:
    return Recipe(
        lambda: [cell(UNITS, return_sequences=True), cell(UNITS), layers.Dense(1)],
        epochs=100,
        batch_size=32,
    )


def _convolution() -> list[Any]:
    return [
        layers.Conv1D(UNITS, 5, padding="same", activation="relu"),
        layers.Conv1D(UNITS, 5, padding="same", activation="relu"),
        layers.GlobalMaxPooling1D(),
        layers.Dense(1),
    ]


TASK = Task(
    load=load,
    models={
        "SimpleRNN": _recurrent(layers.SimpleRNN),
        "LSTM": _recurrent(layers.LSTM),
        "GRU": _recurrent(layers.GRU),
        "Conv1D": Recipe(_convolution, epochs=100, batch_size=32),
    },
    loss="mse",
    score=Score(f"share right to within {TOLERANCE}", within(TOLERANCE)),
    baseline=MEAN,
    draw=draw_scatter,
    load_length=load,
)
