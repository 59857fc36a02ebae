"""Padding computed once for the batch gives what padding computed for every row gives."""

import functools

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine import layout as layout_module
from sunhwan._engine.packing import pack_ids
from sunhwan.models import feed

VOCABULARY, ROWS, STEPS = 13, 9, 24
# float32 sums in another order, of up to ROWS * STEPS terms.
TOLERANCE = {"rtol": 2e-4, "atol": 2e-6}


def conv(padding="valid", strides=1):
    return layers.Conv1D(5, 4, padding=padding, strides=strides, activation="relu")


CHAINS = {
    "stacked lstm": lambda: [layers.LSTM(5, return_sequences=True), layers.LSTM(4)],
    "rnn and gru": lambda: [
        layers.SimpleRNN(5, return_sequences=True),
        layers.GRU(4, return_sequences=True),
        layers.GRU(3, reset_after=False),
    ],
    "steps between": lambda: [
        layers.Dense(6, activation="tanh"),
        layers.LSTM(5, return_sequences=True),
        layers.LayerNormalization(),
        layers.Activation("relu"),
        layers.LSTM(4),
    ],
    "valid": lambda: [conv(), layers.MaxPooling1D(3), conv(), layers.GlobalMaxPooling1D()],
    "same": lambda: [
        conv("same", 2),
        layers.AveragePooling1D(2, padding="same"),
        layers.GlobalAveragePooling1D(),
    ],
    "causal": lambda: [conv("causal"), layers.MaxPooling1D(4, strides=3), layers.LSTM(3)],
    "flatten": lambda: [conv(), layers.MaxPooling1D(2), layers.Flatten()],
    "conv after lstm": lambda: [
        layers.LSTM(4, return_sequences=True),
        conv("same"),
        layers.GlobalMaxPooling1D(),
    ],
    "backwards": lambda: [layers.LSTM(4, go_backwards=True)],
    "batch normalization": lambda: [
        layers.LSTM(4, return_sequences=True),
        layers.BatchNormalization(),
        layers.GRU(3),
    ],
    "dropout": lambda: [layers.LSTM(4, dropout=0.4), layers.Dropout(0.3)],
    "recurrent dropout": lambda: [layers.GRU(4, recurrent_dropout=0.4)],
    "activity": lambda: [layers.LSTM(4, return_sequences=True, activity_regularizer="l2"), conv(),
                         layers.GlobalMaxPooling1D()],
    "each step": lambda: [layers.LSTM(4, return_sequences=True)],
}  # fmt: skip


@pytest.fixture(scope="module")
def ids():
    rng = np.random.default_rng(0)
    ids = rng.integers(0, VOCABULARY, (ROWS, STEPS))
    for row, start in enumerate((0, 3, 7, 8, 20, 23, STEPS, 12, 1)):
        ids[row, :start] = 0
    ids[4] += ids[4] == 0  # a row that does not begin with the padding
    return ids


def trained(ids, chain, share, monkeypatch, slice_bytes=None):
    """Weights after three steps, a loss, and predictions."""
    monkeypatch.setattr(feed, "pack_ids", functools.partial(pack_ids, share=share))
    if slice_bytes:
        monkeypatch.setattr(layout_module, "SLICE_BYTES", slice_bytes)
    sh.utils.set_random_seed(5)
    hidden = [layers.Embedding(VOCABULARY, 6), *CHAINS[chain](), layers.Dense(2)]
    model = sh.Sequential([layers.Input((STEPS,)), *hidden])
    model.compile(sh.optimizers.SGD(0.1), "mse")
    y = np.random.default_rng(1).standard_normal((len(ids), *model.output_shape[1:]))
    losses = [model.train_on_batch(ids, y) for _ in range(3)]
    return model.get_weights(), losses, model.predict(ids, batch_size=4, verbose=0)


def assert_same(one, two):
    for ours, theirs in zip(one[0], two[0], strict=True):
        np.testing.assert_allclose(ours, theirs, **TOLERANCE)
    np.testing.assert_allclose(one[1], two[1], **TOLERANCE)
    np.testing.assert_allclose(one[2], two[2], **TOLERANCE)


@pytest.mark.parametrize("chain", CHAINS)
def test_shared_is_dense(ids, chain, monkeypatch):
    shared = trained(ids, chain, True, monkeypatch)
    assert_same(shared, trained(ids, chain, False, monkeypatch))


@pytest.mark.parametrize("chain", [name for name in CHAINS if name != "batch normalization"])
def test_slices_of_any_size_are_the_same(ids, chain, monkeypatch):
    whole = trained(ids, chain, True, monkeypatch)
    assert_same(whole, trained(ids, chain, True, monkeypatch, slice_bytes=4096))
    assert_same(whole, trained(ids, chain, True, monkeypatch, slice_bytes=1))


def test_all_rows_padding(monkeypatch):
    ids = np.zeros((3, STEPS), int)
    for chain in ("stacked lstm", "valid", "same", "conv after lstm"):
        shared = trained(ids, chain, True, monkeypatch)
        assert_same(shared, trained(ids, chain, False, monkeypatch))


def test_one_row_alone(ids, monkeypatch):
    for chain in ("stacked lstm", "valid"):
        for row in (0, 6, 4):
            shared = trained(ids[row : row + 1], chain, True, monkeypatch)
            assert_same(shared, trained(ids[row : row + 1], chain, False, monkeypatch))


@pytest.mark.parametrize("chain", ["stacked lstm", "rnn and gru", "valid", "steps between"])
def test_masked_zeros_are_the_padding_left_out(chain, monkeypatch):
    rng = np.random.default_rng(3)
    ids = rng.integers(1, VOCABULARY, (5, STEPS))
    ids[0, :3] = ids[1, 5:] = ids[2, 2:4] = ids[3] = 0
    monkeypatch.setattr(layout_module, "SLICE_BYTES", 2048)
    sh.utils.set_random_seed(5)
    model = sh.Sequential(
        [layers.Embedding(VOCABULARY, 6, mask_zero=True), *CHAINS[chain](), layers.Dense(2)]
    )
    whole = model.predict(ids, verbose=0)
    for row in range(5):
        np.testing.assert_array_equal(model.predict(ids[row : row + 1], verbose=0)[0], whole[row])
