"""Where no metric looks at the outputs they are not made, and nothing else changes."""

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers

ROWS, STEPS, CLASSES = 24, 5, 4


def labels(form, rng):
    x = rng.standard_normal((ROWS, STEPS, 3)).astype(np.float32)
    y = rng.integers(0, CLASSES, (ROWS, STEPS))
    if form == "ragged":
        lengths = rng.integers(1, STEPS + 1, ROWS)
        return [row[:n] for row, n in zip(x, lengths, strict=True)], [
            row[:n] for row, n in zip(y, lengths, strict=True)
        ]
    return x, y


def model(masked):
    sh.utils.set_random_seed(2)
    x = source = sh.Input((None, 3))
    if masked:
        x = layers.Masking()(x)
    x = layers.GRU(6, return_sequences=True)(x)
    return sh.Model(source, layers.Dense(CLASSES, activation="softmax")(x))


@pytest.mark.parametrize("form", ["recorded", "masked", "ragged"])
def test_metrics_change_no_bit(form):
    x, y = labels(form, np.random.default_rng(0))
    found = []
    for metrics in ([], ["accuracy"]):
        made = model(form == "masked")
        made.compile("adam", "sparse_categorical_crossentropy", metrics=metrics)
        losses = made.fit(x, y, epochs=4, batch_size=6, verbose=0).history["loss"]
        asked = made.evaluate(x, y, verbose=0, return_dict=True)
        found.append([*made.get_weights(), np.array([*losses, asked["loss"]])])
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)


def test_metrics_of_one_output_of_two():
    rng = np.random.default_rng(1)
    x, y = labels("recorded", rng)
    found = []
    for metrics in ({}, {"steps": ["accuracy"]}, {"steps": ["accuracy"], "last": ["mae"]}):
        sh.utils.set_random_seed(3)
        source = sh.Input((STEPS, 3))
        hidden = layers.LSTM(6, return_sequences=True)(source)
        steps = layers.Dense(CLASSES, activation="softmax", name="steps")(hidden)
        last = layers.Dense(1, activation="sigmoid", name="last")(layers.Flatten()(hidden))
        made = sh.Model(source, [steps, last])
        losses = {"steps": "sparse_categorical_crossentropy", "last": "binary_crossentropy"}
        made.compile("adam", losses, metrics=metrics)
        targets = {"steps": y, "last": (y[:, :1] > 1).astype(np.float32)}
        history = made.fit(x, targets, epochs=3, batch_size=8, verbose=0).history
        found.append(history)
    for history in found[:2]:
        for name, values in history.items():
            assert values == found[2][name], name
    assert found[1]["steps_accuracy"]
