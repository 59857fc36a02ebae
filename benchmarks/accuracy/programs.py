"""The example programs as data, with what each must learn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from benchmarks.workload import Layer, convolution, dense, embedding, recurrent, stacked

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Program:
    """An example program.

    Args:
        name: of its file in `examples/`.
        data: makes ``x``, ``y`` and, to validate, ``x_val``, ``y_val``.
        layers: the model.
        loss: of Keras's names.
        batch: rows a step.
        target: what the measure must reach on the validation data.
        epochs: to give up after.
        optimizer: of Keras's names.
        rate: its learning rate.
        measure: `accuracy`, to be reached from below, or the `loss`, from above.
    """

    name: str
    data: Callable[[], Arrays]
    layers: tuple[Layer, ...]
    loss: str
    batch: int
    target: float
    epochs: int
    optimizer: str = "adam"
    rate: float = 1e-3
    measure: Literal["accuracy", "loss"] = "accuracy"

    def to_json(self) -> dict[str, Any]:
        """The program as a worker reads it."""
        return {
            "task": "fit",
            "layers": list(self.layers),
            "loss": self.loss,
            "batch": self.batch,
            "optimizer": self.optimizer,
            "rate": self.rate,
            "measure": self.measure,
            "target": self.target,
            "epochs": self.epochs,
        }


def _split(x: np.ndarray, y: np.ndarray) -> Arrays:
    """The last fifth to validate."""
    train = int(len(x) * 0.8)
    return {"x": x[:train], "y": y[:train], "x_val": x[train:], "y_val": y[train:]}


def _imdb() -> Arrays:
    from sunhwan.datasets import imdb
    from sunhwan.preprocessing.sequence import pad_sequences

    (x, y), _ = imdb.load_data(num_words=10000)
    return _split(pad_sequences(x, maxlen=500), y.astype(np.float32)[:, None])


def _reuters(words: int, steps: int) -> Arrays:
    from sunhwan.datasets import reuters
    from sunhwan.preprocessing.sequence import pad_sequences

    (x, y), _ = reuters.load_data(num_words=words)
    return _split(pad_sequences(x, maxlen=steps), y.astype(np.int32))


def _mnist() -> Arrays:
    from sunhwan.datasets import mnist

    (x, y), (x_val, y_val) = mnist.load_data()
    x, x_val = ((part / 255).astype(np.float32) for part in (x, x_val))
    return {"x": x, "y": y.astype(np.int32), "x_val": x_val, "y_val": y_val.astype(np.int32)}


def _product() -> Arrays:
    from sunhwan.datasets import product

    (x, y), _ = product.load_data()
    return _split(x, y[:, None])


def _cosine() -> Arrays:
    """The whole series to train on, and the same windows to validate, as the example does."""
    from sunhwan.datasets import cosine

    (x, y), _ = cosine.load_data()
    x, y = x.astype(np.float32), y.astype(np.float32)
    return {"x": x, "y": y, "x_val": x, "y_val": y}


_YES_OR_NO = dense(1, "sigmoid")
_TOPIC = dense(46, "softmax")

PROGRAMS = (
    Program(
        "imdb_simple_rnn",
        _imdb,
        (embedding(10000, 32), recurrent("SimpleRNN", 32), _YES_OR_NO),
        "binary_crossentropy",
        batch=128,
        target=0.80,
        epochs=10,
        optimizer="rmsprop",
    ),
    Program(
        "imdb_lstm",
        _imdb,
        (embedding(10000, 32), recurrent("LSTM", 32), _YES_OR_NO),
        "binary_crossentropy",
        batch=128,
        target=0.86,
        epochs=10,
        optimizer="rmsprop",
    ),
    Program(
        "imdb_conv1d",
        _imdb,
        (
            embedding(10000, 32),
            convolution(32, 7),
            {"kind": "MaxPooling1D", "pool_size": 7},
            convolution(32, 5),
            {"kind": "MaxPooling1D", "pool_size": 5},
            {"kind": "GlobalMaxPooling1D"},
            _YES_OR_NO,
        ),
        "binary_crossentropy",
        batch=128,
        target=0.84,
        epochs=30,
        optimizer="rmsprop",
        rate=1e-4,
    ),
    Program(
        "reuters_stacked_lstm",
        lambda: _reuters(10000, 500),
        (embedding(10000, 64), *stacked("LSTM", 64, 32), _TOPIC),
        "sparse_categorical_crossentropy",
        batch=32,
        target=0.60,
        epochs=20,
    ),
    Program(
        "reuters_one_hot",
        lambda: _reuters(1000, 100),
        (embedding(1000, 100), recurrent("LSTM", 100), _TOPIC),
        "sparse_categorical_crossentropy",
        batch=100,
        target=0.66,
        epochs=20,
    ),
    Program(
        "mnist_rows",
        _mnist,
        (recurrent("LSTM", 128), dense(10, "softmax")),
        "sparse_categorical_crossentropy",
        batch=128,
        target=0.96,
        epochs=6,
    ),
    Program(
        "product_lstm",
        _product,
        (*stacked("LSTM", 30, 30), dense(1)),
        "mse",
        batch=32,
        target=0.005,
        epochs=100,
        measure="loss",
    ),
    Program(
        "cosine",
        _cosine,
        (*stacked("GRU", 30, 30), dense(1)),
        "mse",
        batch=12,
        target=20.0,
        epochs=150,
        measure="loss",
    ),
)
