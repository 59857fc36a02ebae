"""IMDB: is a film review positive? Read as the last 500 of its 10,000 most frequent words."""

from __future__ import annotations

from typing import Any

from sunhwan import layers, optimizers
from sunhwan.cli.baselines import MAJORITY
from sunhwan.cli.data import Data, Part, split
from sunhwan.cli.scores import ACCURACY
from sunhwan.cli.task import Recipe, Task
from sunhwan.datasets import imdb
from sunhwan.preprocessing.sequence import pad_sequences

WORDS = 10_000
STEPS = 500


def load(seed: int) -> Data:
    """The reviews, padded in front; their split is always the same."""
    (x_train, y_train), (x_test, y_test) = imdb.load_data(num_words=WORDS)
    train = Part(pad_sequences(x_train, maxlen=STEPS), y_train)
    test = Part(pad_sequences(x_test, maxlen=STEPS), y_test)
    return split(train, test, validation=0.2)


def _recurrent(cell: Any) -> Recipe:
    return Recipe(
        lambda: [layers.Embedding(WORDS, 32), cell(32), layers.Dense(1, activation="sigmoid")],
        epochs=10,
        batch_size=128,
        optimizer="rmsprop",
    )


def _convolution() -> list[Any]:
    return [
        layers.Embedding(WORDS, 32),
        layers.Conv1D(32, 7, activation="relu"),
        layers.MaxPooling1D(7),
        layers.Conv1D(32, 5, activation="relu"),
        layers.MaxPooling1D(5),
        layers.GlobalMaxPooling1D(),
        layers.Dense(1, activation="sigmoid"),
    ]


TASK = Task(
    load=load,
    models={
        "SimpleRNN": _recurrent(layers.SimpleRNN),
        "LSTM": _recurrent(layers.LSTM),
        "GRU": _recurrent(layers.GRU),
        "Conv1D": Recipe(
            _convolution,
            epochs=30,
            batch_size=128,
            optimizer=lambda: optimizers.RMSprop(learning_rate=1e-4),
        ),
    },
    loss="binary_crossentropy",
    score=ACCURACY,
    baseline=MAJORITY,
    metrics=("accuracy",),
)
