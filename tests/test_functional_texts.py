"""Texts of different lengths in functional models."""

import numpy as np
import pytest
from functional_case import FEATURES, check_slopes, words
from random_arrays import numbers
from reference.check import assert_close

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine import layout


@pytest.mark.parametrize("mask_zero", [False, True])
@pytest.mark.parametrize("front", [False, True])
@pytest.mark.parametrize("slice_bytes", [8 << 20, 800])
def test_texts_of_different_lengths_meet_row_by_row(monkeypatch, mask_zero, front, slice_bytes):
    """Two texts and numbers: the same outputs as each row gives alone."""
    monkeypatch.setattr(layout, "SLICE_BYTES", slice_bytes)
    monkeypatch.setattr(layout, "WANTED_SLICE_BYTES", slice_bytes)
    sh.utils.set_random_seed(2)
    a, b, c = sh.Input((8,)), sh.Input((6,)), sh.Input((3,))
    table = layers.Embedding(11, 4, mask_zero=mask_zero)
    parts = [layers.LSTM(5)(table(a)), layers.GRU(4)(table(b)), c]
    model = sh.Model([a, b, c], layers.Dense(2)(layers.Concatenate()(parts)))
    x = [words(front=front), words(steps=6, seed=1, front=front), numbers(12, 3)]
    together = model.predict(x, verbose=0, batch_size=12)
    for row in range(12):
        alone = model.predict([part[row : row + 1] for part in x], verbose=0)
        assert_close(together[row], alone[0], 1e-5)
    model.compile("sgd", "mse")
    check_slopes(model, x, numbers(12, 2, seed=3))


def test_one_input_read_as_ids_and_as_numbers():
    ids = sh.Input((6,))
    tokens = layers.LSTM(3)(layers.Embedding(11, 4, mask_zero=True)(ids))
    plain = layers.GRU(3)(layers.Embedding(9, 2)(ids))
    model = sh.Model(ids, layers.Concatenate()([tokens, plain, layers.Dense(2)(ids)]))
    x = np.minimum(words(steps=6), 8)
    assert model.predict(x, verbose=0).shape == (12, 8)
    model.compile("sgd", "mse")
    check_slopes(model, x, numbers(12, 8), tolerance=2e-2)
    with pytest.raises(ValueError, match="ids from 0 to 8"):
        model.predict(np.full((1, 6), 9), verbose=0)


def test_ragged_rows_of_several_inputs():
    a, b = sh.Input((None, FEATURES)), sh.Input((None, 2))
    h = layers.LSTM(3, return_sequences=True)(a)
    steps = layers.Dense(2, name="steps")(layers.Add()([h, layers.Dense(3)(h)]))
    whole = layers.Concatenate()([layers.GRU(4)(b), layers.LSTM(2)(h)])
    model = sh.Model([a, b], [steps, layers.Dense(1, name="whole")(whole)])
    lengths = [4, 0, 7, 2, 5]
    x = [
        [numbers(n, FEATURES, seed=n) for n in lengths],
        [numbers(9 - n, 2, seed=n) for n in lengths],
    ]
    y = [[numbers(n, 2, seed=n) for n in lengths], numbers(5, 1)]
    together = model.predict(x, verbose=0)
    for row, length in enumerate(lengths):
        assert together[0][row].shape == (length, 2)
        if length:
            alone = model.predict([part[row][None] for part in x], verbose=0)
            assert_close(together[0][row], alone[0][0], 1e-5)
            assert_close(together[1][row], alone[1][0], 1e-5)
    model.compile("sgd", "mse")
    check_slopes(model, x, y)


def test_a_list_of_one_input_may_hold_ragged_rows():
    ids = sh.Input((None,))
    model = sh.Model([ids], layers.LSTM(3)(layers.Embedding(5, 2)(ids)))
    rows = [[1, 2], [3]]
    np.testing.assert_array_equal(model.predict([rows], verbose=0), model.predict(rows, verbose=0))
