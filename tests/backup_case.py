"""A training that is interrupted and goes on, for tests of checkpoints."""

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import callbacks, layers

BATCHES = 5  # of an epoch


class Interrupt(callbacks.Callback):
    """Ends a training by an error after so many batches."""

    def __init__(self, batches):
        super().__init__()
        self.left = batches

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


def build(seed=4, units=3, optimizer="adam", loss="binary_crossentropy", added=()):
    sh.utils.set_random_seed(seed)
    model = sh.Sequential(
        [
            layers.Input((6, 2), name="steps"),
            layers.LSTM(units, dropout=0.2, recurrent_dropout=0.1, name="reader"),
            *added,
            layers.BatchNormalization(name="scale"),
            layers.Dense(1, activation="sigmoid", name="answer"),
        ],
        name="judge",
    )
    optimizer = sh.optimizers.Adam(name="adam") if optimizer == "adam" else optimizer
    model.compile(optimizer, loss, metrics=["accuracy", sh.metrics.AUC(name="auc")])
    return model


def data(seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(37, 6, 2)).astype(np.float32)
    return x, (x.sum((1, 2)) > 0).astype(np.float32)[:, None]


def fit(model, added=(), epochs=4, given=None, **keywords):
    x, y = data() if given is None else given
    keywords = {"batch_size": 6, "validation_split": 0.2, "verbose": 0, **keywords}
    return model.fit(x, y, epochs=epochs, callbacks=list(added), **keywords)


def interrupted(folder, batches=4 * BATCHES - 1):
    keep = callbacks.BackupAndRestore(folder, save_freq=2)
    model = build()
    with pytest.raises(KeyboardInterrupt):
        fit(model, [keep, Interrupt(batches)])
    return keep, sorted(folder.glob("*"))
