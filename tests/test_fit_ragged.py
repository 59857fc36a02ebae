"""Training and predicting on rows of different lengths."""

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers


@pytest.mark.parametrize("cell", [layers.SimpleRNN, layers.LSTM, layers.GRU])
def test_ragged_rows_are_masked_rows(cell):
    rng = np.random.default_rng(5)
    rows = [rng.standard_normal((n, 2)).astype(np.float32) for n in (6, 6, 4, 3, 2, 1)]
    y = rng.standard_normal((6, 1))
    padded = np.full((6, 6, 2), -7, np.float32)
    for row, values in zip(padded, rows, strict=True):
        row[: len(values)] = values

    def model(*first):
        sh.utils.set_random_seed(2)
        chain = sh.Sequential([*first, cell(3, return_sequences=True), cell(4), layers.Dense(1)])
        chain.compile("sgd", "mse")
        return chain

    ragged, masked = model(), model(layers.Masking(-7.0, input_shape=(6, 2)))
    ragged.fit(rows, y, epochs=3, batch_size=4, shuffle=False, verbose=0)
    masked.fit(padded, y, epochs=3, batch_size=4, shuffle=False, verbose=0)
    for one, two in zip(ragged.get_weights(), masked.get_weights(), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(
        ragged.predict(rows, verbose=0), masked.predict(padded, verbose=0), rtol=1e-5, atol=1e-6
    )


FIRST_OF_STEPS = {
    "dense": lambda: layers.Dense(3),
    "normalization": lambda: layers.Normalization(mean=0.3, variance=2.0),
    "dropout": lambda: layers.Dropout(0.5),
    "noise": lambda: layers.GaussianNoise(0.1),
    "spatial dropout": lambda: layers.SpatialDropout1D(0.5),
    "activation": lambda: layers.Activation("tanh"),
    "layer normalization": layers.LayerNormalization,
    "batch normalization": layers.BatchNormalization,
    "time distributed": lambda: layers.TimeDistributed(layers.Dense(3)),
}


@pytest.mark.parametrize("first", FIRST_OF_STEPS)
def test_ragged_rows_into_a_layer_of_steps(first):
    """Trains on rows of any lengths, and predicts for each what it predicts for it alone."""
    rng = np.random.default_rng(8)
    rows = [rng.standard_normal((n, 3)).astype(np.float32) for n in (4, 7, 1, 0, 5)]
    targets = [row[:, :2] * 0.5 for row in rows]
    for rest in ([], [layers.LSTM(4, return_sequences=True)]):
        model = sh.Sequential([FIRST_OF_STEPS[first](), *rest, layers.Dense(2)])
        model.compile(sh.optimizers.Adam(0.02), "mse")
        before = model.evaluate(rows, targets, verbose=0)
        model.fit(rows, targets, epochs=20, batch_size=2, verbose=0)
        assert model.evaluate(rows, targets, verbose=0) < before
        predictions = model.predict(rows, verbose=0)
        assert [len(prediction) for prediction in predictions] == [4, 7, 1, 0, 5]
        for row, prediction in zip(rows, predictions, strict=True):
            if len(row):
                np.testing.assert_array_equal(model.predict(row[None], verbose=0)[0], prediction)


def test_ragged_labels_for_each_step():
    rng = np.random.default_rng(6)
    rows = [rng.integers(0, 9, n) for n in (4, 1, 6, 3)]
    labels = [(row > 4).astype(int) for row in rows]
    sh.utils.set_random_seed(3)
    model = sh.Sequential(
        [
            layers.Embedding(9, 4),
            layers.Bidirectional(layers.GRU(4, return_sequences=True)),
            layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile(sh.optimizers.Adam(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(rows, labels, epochs=60, batch_size=3, verbose=0).history
    assert history["accuracy"][-1] == 1.0
    predictions = model.predict(rows, verbose=0)
    assert [p.shape for p in predictions] == [(len(row), 2) for row in rows]
    for prediction, label in zip(predictions, labels, strict=True):
        np.testing.assert_array_equal(prediction.argmax(axis=1), label)


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_series_of_lists_are_rows_of_different_lengths(kind):
    module = pytest.importorskip(kind)
    rows = [[1, 2, 3], [4], [2, 2]]
    model = sh.Sequential([layers.Embedding(5, 3), layers.LSTM(2)])
    expected = model.predict(rows, verbose=0)
    np.testing.assert_array_equal(model.predict(module.Series(rows), verbose=0), expected)
