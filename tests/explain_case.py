"""Models and rows that the tests of `sunhwan.explain` share."""

import numpy as np

import sunhwan as sh
from sunhwan import layers

VALUES = 1e-5  # float32 against PyTorch's float64; shares by an integral of 2,000 points there


def model_of(case):
    units = len(case.arrays["w1"])
    stack = [getattr(layers, case.name)(units, name="cell"), layers.Dense(1, activation="sigmoid")]
    model = sh.Sequential(stack)
    model.build((None, *case.arrays["x"].shape[1:]))
    model.set_weights(case.group("w"))
    return model


def texts_model(mask_zero=True, vocabulary=12, sequences=False, seed=0):
    stack = [
        layers.Embedding(vocabulary, 4, mask_zero=mask_zero),
        layers.LSTM(5, name="lstm", return_sequences=sequences),
        layers.Dense(3, activation="softmax"),
    ]
    return random_weights(sh.Sequential(stack), (None, None), seed)


def random_weights(model, shape=None, seed=0):
    if shape is not None:
        model.build(shape)
    random = np.random.default_rng(seed)
    model.set_weights([random.normal(0, 0.7, w.shape) for w in model.get_weights()])
    return model


def series(rows=4, steps=9, features=2, seed=0):
    random = np.random.default_rng(seed)
    return random.standard_normal((rows, steps, features)).astype(np.float32)


def two_inputs():
    source, target = sh.Input((None,), name="source"), sh.Input((None,), name="target")
    table = layers.Embedding(12, 4, mask_zero=True)
    values = layers.GRU(4, return_sequences=True)(table(source))
    queries = layers.GRU(4, return_sequences=True, name="decoder")(table(target))
    mixed = layers.MultiHeadAttention(2, 3, name="heads")(queries, values)
    mixed = layers.AdditiveAttention(name="add")([mixed, values])
    model = sh.Model([source, target], layers.Dense(5, activation="softmax")(mixed))
    return random_weights(model)
