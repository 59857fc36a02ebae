"""What watching costs a training: ``python -m benchmarks.watching [ROUNDS [CASE ...]]``.

Two models alike are trained in turn, one recorded by `callbacks.Board` as it is by default, for
about two seconds each; the figure is the share by which a watched step takes longer, median and
quartiles over the rounds. Time is that of the processors, which others on the machine change
little; set `SUNHWAN_NUM_THREADS=1`.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from time import process_time
from typing import Any

import numpy as np

import sunhwan as sh
from benchmarks.inputs import normal, texts
from sunhwan.callbacks import Board

SECONDS = 2.0  # of training, watched and not, in a round


def imdb() -> tuple[Any, Any, Any, int]:
    """An LSTM of 32 units on texts of 500 words, 10,000 different ones, batch 128."""
    model = sh.Sequential(
        [
            sh.layers.Embedding(10000, 32),
            sh.layers.LSTM(32),
            sh.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
    data = texts(8, 128, words=10000, steps=500, median=170)
    return model, data["x"], data["y"], 128


def mnist() -> tuple[Any, Any, Any, int]:
    """An LSTM of 128 units on 28 steps of 28 numbers, batch 128."""
    model = sh.Sequential([sh.layers.LSTM(128), sh.layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    data = normal(8, 128, steps=28, inputs=28, classes=10)
    return model, data["x"], data["y"], 128


def tiny() -> tuple[Any, Any, Any, int]:
    """A SimpleRNN of 8 units on 10 steps of 2 numbers, batch 16."""
    model = sh.Sequential([sh.layers.SimpleRNN(8), sh.layers.Dense(1)])
    model.compile("sgd", "mse")
    data = normal(64, 16, steps=10, inputs=2)
    return model, data["x"], data["y"], 16


CASES: dict[str, Callable[[], tuple[Any, Any, Any, int]]] = {
    "imdb-lstm-32": imdb,
    "mnist-lstm-128": mnist,
    "tiny": tiny,
}


def milliseconds(case: tuple[Any, Any, Any, int], epochs: int, callbacks: list[Any]) -> float:
    """A step's time in a training of so many epochs."""
    model, x, y, size = case
    begin = process_time()
    model.fit(x, y, batch_size=size, epochs=epochs, verbose=0, callbacks=callbacks)
    return 1e3 * (process_time() - begin) / (epochs * -(-len(x) // size))


def measure(name: str, rounds: int, folder: str) -> tuple[np.ndarray, list[float]]:
    """How much longer a watched step takes, as shares, and what an unwatched one takes."""
    plain, watched = CASES[name](), CASES[name]()
    for _ in range(2):  # the first builds and records
        once = milliseconds(plain, 2, []) * -(-len(plain[1]) // plain[3]) / 1e3
    epochs = max(1, round(SECONDS / once))
    shares, times = [], []
    for number in range(rounds):
        pair = [(plain, []), (watched, [Board(folder)])]
        taken = [milliseconds(case, epochs, given) for case, given in pair[:: 1 - 2 * (number % 2)]]
        without, with_it = taken[:: 1 - 2 * (number % 2)]
        shares.append(with_it / without - 1)
        times.append(without)
    return np.array(shares), times


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    for name in sys.argv[2:] or CASES:
        with tempfile.TemporaryDirectory() as folder:
            shares, times = measure(name, rounds, folder)
        low, middle, high = np.percentile(100 * shares, [25, 50, 75])
        print(
            f"{name:16} step {np.median(times):8.4f} ms   watched {middle:+5.2f} % "
            f"(quartiles {low:+.2f} to {high:+.2f}, {rounds} rounds)",
            flush=True,
        )


if __name__ == "__main__":
    main()
