"""Four cures of overfitting, on the Conv1D and the LSTM model of IMDB: each lowers the test loss.

Twenty epochs are far too many for a model left alone: it learns its reviews by heart and is ever
surer of its mistakes. Test losses with seeds 0, 1 and 2:

Conv1D   alone 1.08 1.01 1.04, l2 0.45 0.44 0.45, dropout 0.77 0.80 0.78, early stopping 0.33
LSTM     alone 0.67 0.57 0.78, l2 0.40 0.39 0.42, vertical dropout 0.39 0.39 0.38,
         recurrent dropout, which learns slowly, 0.53 0.52 0.52, early stopping 0.31 0.31 0.30
"""

import sys

import sunhwan as sh
from sunhwan import layers
from sunhwan.callbacks import EarlyStopping
from sunhwan.datasets import imdb
from sunhwan.preprocessing.sequence import pad_sequences
from sunhwan.regularizers import l2


def conv1d(dropout: float = 0.0, penalty: float = 0.0) -> list[layers.Layer]:
    return [
        layers.Embedding(10000, 32, embeddings_regularizer=l2(penalty)),
        layers.Dropout(dropout),
        layers.Conv1D(32, 7, activation="relu", kernel_regularizer=l2(penalty)),
        layers.MaxPooling1D(7),
        layers.Conv1D(32, 5, activation="relu", kernel_regularizer=l2(penalty)),
        layers.GlobalMaxPooling1D(),
    ]


def lstm(dropout: float = 0.0, recurrent_dropout: float = 0.0, penalty: float = 0.0):
    return [
        layers.Embedding(10000, 32, embeddings_regularizer=l2(penalty)),
        layers.LSTM(
            32,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            kernel_regularizer=l2(penalty),
        ),
    ]


RUNS = {
    "Conv1D": (conv1d, False),
    "Conv1D, l2": (lambda: conv1d(penalty=1e-3), False),
    "Conv1D, dropout": (lambda: conv1d(dropout=0.5), False),
    "Conv1D, early stopping": (conv1d, True),
    "LSTM": (lstm, False),
    "LSTM, l2": (lambda: lstm(penalty=1e-3), False),
    "LSTM, vertical dropout": (lambda: lstm(dropout=0.8), False),
    "LSTM, recurrent dropout": (lambda: lstm(dropout=0.6, recurrent_dropout=0.3), False),
    "LSTM, early stopping": (lstm, True),
}


def main(seed: int = 0, epochs: int = 20) -> dict[str, float]:
    (x_train, y_train), (x_test, y_test) = imdb.load_data(num_words=10000)
    x_train, x_test = pad_sequences(x_train, maxlen=500), pad_sequences(x_test, maxlen=500)
    losses = {}
    for name, (hidden, stop) in RUNS.items():
        sh.utils.set_random_seed(seed)
        model = sh.Sequential([*hidden(), layers.Dense(1, activation="sigmoid")])
        model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["bce", "accuracy"])
        callbacks = [EarlyStopping(patience=1, restore_best_weights=True)] if stop else []
        fitted = {"epochs": epochs, "batch_size": 128, "validation_split": 0.2}
        model.fit(x_train, y_train, callbacks=callbacks, verbose=0, **fitted)
        # The loss without the penalty, so that all rows compare.
        _, losses[name], accuracy = model.evaluate(x_test, y_test, batch_size=128, verbose=0)
        print(f"{name:26} test loss {losses[name]:.3f}  accuracy {accuracy:.4f}")
    return losses


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
