"""A trained model, for tests of files."""

import numpy as np

import sunhwan as sh
from sunhwan import layers

X = np.random.default_rng(0).standard_normal((12, 5, 2)).astype(np.float32)
Y = np.random.default_rng(1).integers(0, 3, 12)


def trained(optimizer):
    sh.utils.set_random_seed(4)
    model = sh.Sequential(
        [
            layers.Input((5, 2)),
            layers.LSTM(4, dropout=0.2, kernel_regularizer="l2", return_sequences=True),
            layers.GRU(3, recurrent_constraint=sh.constraints.MaxNorm(2.0)),
            layers.BatchNormalization(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(X, Y, epochs=2, batch_size=5, verbose=0)
    return model
