"""Reuters: which of 46 topics is a newswire about? Read as its last 500 words."""

from __future__ import annotations

from typing import Any

from sunhwan import layers
from sunhwan.cli.baselines import MAJORITY
from sunhwan.cli.data import Data, Part, split
from sunhwan.cli.scores import ACCURACY
from sunhwan.cli.task import Recipe, Task
from sunhwan.datasets import reuters
from sunhwan.preprocessing.sequence import pad_sequences

WORDS = 10_000
STEPS = 500
TOPICS = 46


def load(seed: int) -> Data:
    """The newswires, padded in front; their split is always the same."""
    (x_train, y_train), (x_test, y_test) = reuters.load_data(num_words=WORDS)
    train = Part(pad_sequences(x_train, maxlen=STEPS), y_train)
    test = Part(pad_sequences(x_test, maxlen=STEPS), y_test)
    return split(train, test, validation=0.2)


def _recurrent(cell: Any) -> Recipe:
    def stacked() -> list[Any]:
        return [
            layers.Embedding(WORDS, 64),
            cell(64, return_sequences=True),
            cell(32),
            layers.Dense(TOPICS, activation="softmax"),
        ]

    return Recipe(stacked, epochs=20, batch_size=32)


def _convolution() -> list[Any]:
    return [
        layers.Embedding(WORDS, 64),
        layers.Conv1D(64, 5, activation="relu"),
        layers.GlobalMaxPooling1D(),
        layers.Dense(TOPICS, activation="softmax"),
    ]


TASK = Task(
    load=load,
    models={
        "SimpleRNN": _recurrent(layers.SimpleRNN),
        "LSTM": _recurrent(layers.LSTM),
        "GRU": _recurrent(layers.GRU),
        "Conv1D": Recipe(_convolution, epochs=20, batch_size=32),
    },
    loss="sparse_categorical_crossentropy",
    score=ACCURACY,
    baseline=MAJORITY,
    metrics=("accuracy",),
)
