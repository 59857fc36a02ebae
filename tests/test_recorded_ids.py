"""Predictions of few ids are recorded too, and give the bits that many ids give."""

import numpy as np
import pytest
from recorded_case import recordings_of

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine import recorded

VOCABULARY = 50
ID_STACKS = {
    "lstm": lambda: [layers.LSTM(8)],
    "backwards": lambda: [layers.LSTM(6, go_backwards=True)],
    "average": lambda: [
        layers.GRU(8, return_sequences=True),
        layers.GlobalAveragePooling1D(),
    ],
    "vectors": lambda: [layers.GlobalAveragePooling1D()],
    "convolution": lambda: [
        layers.Conv1D(5, 3, activation="relu"),
        layers.MaxPooling1D(2),
        layers.GlobalMaxPooling1D(),
    ],
    "normalized": lambda: [layers.LayerNormalization(), layers.SimpleRNN(4)],
    "groups": lambda: [
        layers.Dropout(0.3),
        layers.Conv1D(4, 3, groups=4),
        layers.GlobalMaxPooling1D(),
    ],
    "dense": lambda: [layers.Dense(4, activation="gelu"), layers.AveragePooling1D(2)],
    "flat": lambda: [layers.Flatten()],
    "two ways": lambda: [layers.Bidirectional(layers.LSTM(4))],
    "masked": lambda: [layers.LSTM(4)],
}


def model_of_ids(stack):
    embedding = layers.Embedding(VOCABULARY, 8, mask_zero=stack == "masked")
    last = layers.Dense(1, activation="sigmoid")
    return sh.Sequential([layers.Input((30,)), embedding, *ID_STACKS[stack](), last])


def padded_ids(rows):
    rng = np.random.default_rng(4)
    ids = rng.integers(0, VOCABULARY, (rows, 30))
    for row in range(rows):
        ids[row, : rng.integers(0, 30)] = 0
    return ids


@pytest.mark.parametrize("stack", ID_STACKS)
def test_few_ids_give_the_bits_of_many(stack):
    model, ids = model_of_ids(stack), padded_ids(100)
    together = model.predict(ids, batch_size=100, verbose=0)
    for _ in range(recorded.REPEATS + 2):
        for rows in (1, 7):
            apart = [model.predict(ids[i : i + rows], verbose=0) for i in range(0, 98, rows)]
            np.testing.assert_array_equal(np.concatenate(apart), together[:98])
    assert len(recordings_of(model)) == (0 if stack == "masked" else 2)


@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.uint8, np.float32])
def test_ids_out_of_range_raise_what_they_did(dtype):
    model, ids = model_of_ids("lstm"), padded_ids(1)
    expected = model.predict(ids, verbose=0)
    for _ in range(recorded.REPEATS + 1):
        np.testing.assert_array_equal(model.predict(ids.astype(dtype), verbose=0), expected)
    assert recordings_of(model)
    ids[0, 5] = VOCABULARY
    with pytest.raises(ValueError, match=r"ids from 0 to 49 .* got 50"):
        model.predict(ids.astype(dtype), verbose=0)


def test_ids_beyond_the_table_are_refused_whatever_input_dim_says():
    model = model_of_ids("vectors")
    model.layers[0].input_dim = 10**6
    ids = np.full((2, 30), VOCABULARY - 1)
    for _ in range(recorded.REPEATS + 2):
        model.predict_on_batch(ids)
    assert recordings_of(model)
    ids[1, 7] = 10**6 - 1
    with pytest.raises(ValueError, match=r"must be in \[0, 50\), got 999999"):
        model.predict_on_batch(ids)
