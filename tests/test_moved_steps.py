"""Layers that leave out, repeat or add steps: dense, ragged and masked rows, and gradients."""

import numpy as np
import pytest
from reference.check import assert_close

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine.call import try_layer

LAYERS = {
    "padding": (lambda: layers.ZeroPadding1D((2, 1)), lambda row: np.pad(row, ((2, 1), (0, 0)))),
    "no padding": (lambda: layers.ZeroPadding1D(0), lambda row: row),
    "cropping": (lambda: layers.Cropping1D((1, 2)), lambda row: row[1:-2]),
    "front": (lambda: layers.Cropping1D((2, 0)), lambda row: row[2:]),
    "up": (lambda: layers.UpSampling1D(3), lambda row: np.repeat(row, 3, axis=0)),
}
EXACT = 1e-6  # numbers are moved, and up to three added


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def gradient(move, row, dy):
    """What each number of a row gets: it is moved to where its own number says."""
    numbers = move(1.0 + np.arange(row.size).reshape(row.shape)).astype(int)
    return np.bincount(numbers.ravel(), dy.ravel(), row.size + 1)[1:].reshape(row.shape)


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("masked", [False, True])
def test_dense_rows(kind, masked):
    make, move = LAYERS[kind]
    for steps, features in [(4, 1), (9, 7), (5, 17)]:
        x = normal(3, steps, features)
        mask = np.ones((3, steps), bool) if masked else None
        if masked:  # which changes nothing
            mask[1, :2], mask[2] = False, False
        expected = np.stack([move(row) for row in x])
        dy = normal(*expected.shape, seed=1)
        trial = try_layer(make(), x, dy, mask=mask)
        assert_close(trial.output, expected, EXACT)
        assert make().compute_output_shape((None, steps, features))[1] == expected.shape[1]
        dx = np.stack([gradient(move, row, d) for row, d in zip(x, dy, strict=True)])
        assert_close(trial.dx, dx, EXACT)


@pytest.mark.parametrize("kind", LAYERS)
def test_ragged_rows_and_their_gradients(kind):
    """As each row does alone, forward and through a step of training."""
    make, _ = LAYERS[kind]
    sh.utils.set_random_seed(3)
    model = sh.Sequential(
        [layers.Input((None, 2)), layers.Dense(3), make(), layers.GRU(4), layers.Dense(1)]
    )
    rows = [normal(length, 2, seed=length) for length in (4, 9, 5, 7)]
    y = normal(4, 1)
    together = model.predict(rows, verbose=0)
    alone = np.concatenate([model.predict(row[None], verbose=0) for row in rows])
    assert_close(together, alone, EXACT)
    model.compile(sh.optimizers.SGD(1.0), "mse")
    before = model.get_weights()
    changes = []
    for target, row in zip(y, rows, strict=True):
        model.set_weights(before)
        model.train_on_batch(row[None], target[None])
        changes.append([new - old for new, old in zip(model.get_weights(), before, strict=True)])
    model.set_weights(before)
    model.train_on_batch(rows, y)
    for number, (new, old) in enumerate(zip(model.get_weights(), before, strict=True)):
        assert_close(new - old, np.mean([change[number] for change in changes], axis=0), 1e-5)


@pytest.mark.parametrize("kind", LAYERS)
def test_shared_padding_and_tokens(kind):
    """Ids with unmasked zeros in front give what the dense layers give."""
    make, move = LAYERS[kind]
    x = np.random.default_rng(5).integers(1, 9, (5, 8))
    x[np.arange(8) < np.array([0, 3, 5, 6, 8])[:, None]] = 0
    table = layers.Embedding(9, 3)
    model = sh.Sequential([table, make()])
    expected = np.stack([move(row) for row in table(x)])
    assert_close(model.predict(x, verbose=0), expected, EXACT)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: layers.ZeroPadding1D((1, 2, 3)),
            "padding must be a count of zero or more, or two",
        ),
        (lambda: layers.ZeroPadding1D(-1), "padding must be a count of zero or more, or two"),
        (lambda: layers.Cropping1D("1"), "cropping must be a count of zero or more"),
        (lambda: layers.UpSampling1D(0), "size must be a positive integer, got 0"),
        (lambda: layers.Cropping1D(3)(np.zeros((1, 6, 1))), "leaves no step of rows of 6"),
        (lambda: layers.Cropping1D(1)(np.zeros((1, 6))), "must have shape"),
    ],
)
def test_wrong_arguments_and_shapes(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_ragged_row_that_is_too_short_is_named():
    model = sh.Sequential([layers.Input((None, 1)), layers.Cropping1D(2), layers.GRU(1)])
    with pytest.raises(ValueError, match="leaves no step of row 1 of 3"):
        model.predict([np.zeros((9, 1)), np.zeros((3, 1))], verbose=0)
