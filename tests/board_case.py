"""Small trainings for the board's record, a run to show, and requests to a board."""

import http.client
import importlib.util
import json
from urllib.parse import urlsplit

import numpy as np

import sunhwan as sh
from sunhwan import layers
from sunhwan.board.lines import read_lines
from sunhwan.callbacks import Board
from sunhwan.watching import Message

MISSING = [
    name for name in ("starlette", "uvicorn", "plotly") if importlib.util.find_spec(name) is None
]


BATCHES = 5  # of an epoch of `fit`


def model(rate=0.1, **arguments):
    sh.utils.set_random_seed(0)
    made = sh.Sequential(
        [layers.LSTM(3, name="lstm", input_shape=(4, 2)), layers.Dense(1, name="dense")]
    )
    made.compile(sh.optimizers.SGD(rate, **arguments), "mse", metrics=["mae"])
    return made


def fit(made, *callbacks, epochs=2, **more):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(24, 4, 2)), rng.normal(size=(24, 1))
    return made.fit(
        x, y, 4, epochs=epochs, verbose=0, callbacks=list(callbacks), validation_split=0.2, **more
    )


def lines(board, kind):
    """What a board wrote in a file."""
    return read_lines(board.run / f"{kind}.jsonl")[0]


class Says(sh.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        words = {"en": "Said in English.", "ko": "한국어로 말합니다."}
        self.model.watching.tell(Message("said", words, "lstm"))


def recorded(folder, name="first", epochs=3, rate=0.01):
    """Train a little and record it; returns the run's folder."""
    sh.utils.set_random_seed(0)
    model = sh.Sequential(
        [
            layers.Embedding(50, 8, input_length=6, name="embedding"),
            layers.LSTM(6, name="lstm"),
            layers.Dense(1, activation="sigmoid", name="dense"),
        ]
    )
    model.compile(sh.optimizers.Adam(rate), "binary_crossentropy", metrics=["accuracy"])
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 50, (64, 6)), rng.integers(0, 2, (64, 1))
    board = Board(folder, name=name, every=4)
    model.fit(x, y, 8, epochs=epochs, verbose=0, callbacks=[board, Says()], validation_split=0.25)
    return board.run


def ask(address, path="", method="GET", body=None, **headers):
    """Status, headers and body of the answer to a request to the board of that address."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    try:
        connection.putrequest(method, parts.path + path, skip_host=True)
        for name, value in {"host": parts.netloc, **headers}.items():
            connection.putheader(name.replace("_", "-"), value)
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            connection.putheader("content-length", str(len(data)))
        connection.endheaders(data)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()
