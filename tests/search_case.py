"""Small models, spaces and storages, for tests of `sunhwan.search`."""

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers

pytest.importorskip("optuna", reason="optuna, of the extra `search`, is missing")

SPACE = {
    "units": (2, 8),
    "rate": (1e-3, 1e-1, "log"),
    "cell": {"GRU": {}, "LSTM": {"bias": [True, False]}},
    "batch_size": [8, 16],
}
RATES = {"rate": (1e-3, 1e-1, "log")}
HOW = {"epochs": 3, "verbose": 0}


def data(rows=48):
    x = np.random.default_rng(0).normal(size=(rows, 4, 1)).astype(np.float32)
    return x, x.sum(1)


def build(units, rate, cell, bias=True):
    first = layers.GRU(units) if cell == "GRU" else layers.LSTM(units, use_bias=bias)
    model = sh.Sequential([first, layers.Dense(1)])
    model.compile(sh.optimizers.Adam(rate), "mse")
    return model


def small(rate):
    model = sh.Sequential([layers.SimpleRNN(2), layers.Dense(1)])
    model.compile(sh.optimizers.SGD(rate), "mse")
    return model


def opened(file):
    """A storage: an SQLite file, or a journal of Optuna's."""
    if file.endswith(".db"):
        return file
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    return JournalStorage(JournalFileBackend(file))


def told(result):
    """What trials were, without how long they took."""
    return [
        (one.number, one.state, one.value, one.epoch, one.epochs, one.parameters, one.problem)
        for one in result.trials
    ]
