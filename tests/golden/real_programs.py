"""The programs at full size, and what reads the real data that they learn from."""

import gzip
import os
from pathlib import Path
from typing import Any

import numpy as np

from golden.programs import classes, convolutions, cosine_of, product_of, regression, two, words
from golden.specs import spec

WORDS = spec("Embedding", input_dim=10000, output_dim=32)
SIGMOID = spec("Dense", units=1, activation="sigmoid")


def imdb(layers: list[dict[str, Any]], **how: Any) -> dict[str, Any]:
    """Name a program on the reviews."""
    whole = {"layers": [WORDS, *layers, SIGMOID], "data": "imdb", "batch": 128}
    return words([]) | whole | {"optimizer": ["RMSprop", {}]} | how


STACK = convolutions(32, (7, 5), (7, 5))
SLOW = ["RMSprop", {"learning_rate": 1e-4}]
TOPICS = [
    spec("Embedding", input_dim=10000, output_dim=64),
    spec("LSTM", units=64, return_sequences=True),
    spec("LSTM", units=32),
]
FEW = [spec("Embedding", input_dim=1000, output_dim=100), spec("LSTM", units=100)]
REAL: dict[str, dict[str, Any]] = {
    "imdb_simple_rnn": imdb([spec("SimpleRNN", units=32)]),
    "imdb_lstm": imdb([spec("LSTM", units=32)]),
    "imdb_convolution": imdb([*STACK, spec("GlobalMaxPooling1D")], optimizer=SLOW),
    "imdb_convolution_flat": imdb([*STACK, spec("Flatten")], optimizer=SLOW),
    "reuters_sparse": classes(TOPICS, ["reuters"], 32, 46) | {"data": "reuters_sparse"},
    "reuters_one_hot": classes(FEW, ["reuters"], 100, 46)
    | {"data": "reuters_one_hot", "loss": "categorical_crossentropy"},
    "mnist_rows": classes([spec("LSTM", units=128)], ["mnist"], 128, 10) | {"data": "mnist"},
    "product_lstm": regression(two("LSTM", 30, 30), ["product"], 32) | {"data": "product"},
    "product_simple_rnn": regression(two("SimpleRNN", 30, 30), [], 32) | {"data": "product"},
    "cosine_simple_rnn": regression([spec("SimpleRNN", units=32), spec("Dense", units=1)], [], 12)
    | {"data": "cosine"},
    "cosine_lstm": regression(two("LSTM", 64, 32), [], 12) | {"data": "cosine"},
    "cosine_gru": regression(two("GRU", 30, 30), [], 12) | {"data": "cosine"},
}


def read(name: str) -> tuple[Any, Any]:
    """Read the training rows that the program's hundred steps see, in the order they are fed."""
    if name == "product":
        return product_of(7, 2048, 100)
    if name == "cosine":
        return cosine_of(330)
    folder = Path(os.environ["SUNHWAN_DATA"])
    if name == "mnist":
        pixels = gzip.decompress((folder / "mnist/train-images-idx3-ubyte.gz").read_bytes())[16:]
        labels = gzip.decompress((folder / "mnist/train-labels-idx1-ubyte.gz").read_bytes())[8:]
        x = np.frombuffer(pixels, np.uint8).reshape(-1, 28, 28)[:12800]
        return (x / 255).astype("float32"), np.frombuffer(labels, np.uint8)[:12800].astype("int32")
    if name == "imdb":
        with np.load(folder / "imdb/imdb.npz") as stored:
            flat, offsets = stored["train_ids"], stored["train_offsets"]
            labels = stored["train_labels"].astype("float32")
        rows = _shuffled(len(labels))[:12800]
        return _padded(flat, offsets, rows, 10000, 500), labels[rows]
    with np.load(folder / "reuters/reuters.npz") as stored:
        flat, offsets, labels = stored["x_flat"], stored["x_offsets"], stored["y"]
    rows = _shuffled(len(labels))[: int(len(labels) * 0.8)]
    if name == "reuters_sparse":
        return _padded(flat, offsets, rows[:3200], 10000, 500), labels[rows[:3200]].astype("int32")
    return _padded(flat, offsets, rows, 1000, 100), np.eye(46, dtype="float32")[labels[rows]]


def _shuffled(rows: int) -> np.ndarray:
    order = np.arange(rows)
    np.random.RandomState(113).shuffle(order)
    return order


def _padded(
    flat: np.ndarray, offsets: np.ndarray, rows: np.ndarray, most: int, steps: int
) -> np.ndarray:
    """Turn ranks into ids (rank + 3, 1 in front, 2 for rare words) and pad in front."""
    x = np.zeros((len(rows), steps), "int32")
    for place, row in enumerate(rows):
        ids = flat[offsets[row] : offsets[row + 1]].astype("int64") + 3
        ids = np.concatenate([[1], np.where(ids < most, ids, 2)])[-steps:]
        x[place, steps - len(ids) :] = ids
    return x
