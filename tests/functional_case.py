"""What the tests of functional models share."""

import numpy as np
from random_arrays import numbers
from reference.check import assert_close

import sunhwan as sh
from sunhwan import layers

ROWS, STEPS, FEATURES = 9, 5, 3


def slopes(model, x, y, seed=0, **weights):
    """The gradient of the loss along a random direction: by the model, and by differences."""
    model.compile(sh.optimizers.SGD(0.0), model.loss, **weights)
    model.train_on_batch(x, y)
    block = model.stepper().block
    direction = np.random.default_rng(seed).standard_normal(block.values.shape)
    direction = np.where(block.gradients != 0, direction, 0).astype(np.float32)
    given = float(block.gradients.astype(float) @ direction)
    start, step = block.values.copy(), 2e-3
    losses = []
    for sign in (1, -1):
        block.values[...] = start + sign * step * direction
        losses.append(model.evaluate(x, y, verbose=0, return_dict=True)["loss"])
    block.values[...] = start
    return given, (losses[0] - losses[1]) / (2 * step)


def check_slopes(model, x, y, tolerance=3e-3, **weights):
    given, expected = slopes(model, x, y, **weights)
    assert abs(given) > 1e-3
    assert_close(np.array(given), np.array(expected), tolerance * max(1.0, abs(expected)))


def differences(function, x, dy, number):
    """The gradient of `sum(function(x) * dy)` by input `number`, by central differences."""
    gradient, step = np.zeros(x[number].shape), 1e-4
    for place in np.ndindex(*x[number].shape):
        values = []
        for sign in (1, -1):
            moved = [part.astype(float) for part in x]
            moved[number][place] += sign * step
            values.append((function(moved) * dy).sum())
        gradient[place] = (values[0] - values[1]) / (2 * step)
    return gradient


def two_by_two(**dense):
    sh.utils.set_random_seed(3)
    a, b = sh.Input((STEPS, FEATURES), name="a"), sh.Input((4,), name="b")
    both = layers.concatenate([layers.LSTM(6)(a), layers.Dense(3, activation="tanh")(b)])
    kind = layers.Dense(2, activation="softmax", name="kind")(both)
    size = layers.Dense(1, name="size", **dense)(both)
    return sh.Model([a, b], [kind, size], name="pair")


def data():
    rng = np.random.default_rng(1)
    x = [numbers(ROWS, STEPS, FEATURES), numbers(ROWS, 4, seed=1)]
    return x, [rng.integers(0, 2, ROWS), numbers(ROWS, 1, seed=2)]


LOSSES = ["sparse_categorical_crossentropy", "mse"]


def words(rows=12, steps=8, seed=0, front=True):
    """Ids with zeros in front or behind."""
    rng = np.random.default_rng(seed)
    ids = rng.integers(1, 11, (rows, steps))
    lengths = rng.integers(0, steps + 1, rows)
    place = np.arange(steps)
    pad = place < (steps - lengths)[:, None] if front else place >= lengths[:, None]
    ids[pad] = 0
    return ids
