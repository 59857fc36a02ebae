"""`pad_sequences`: hand-worked cases, Keras's rules on random rows, bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunhwan.preprocessing.sequence import pad_sequences

ROWS = [[1], [2, 3], [4, 5, 6]]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, [[0, 0, 1], [0, 2, 3], [4, 5, 6]]),
        ({"padding": "post"}, [[1, 0, 0], [2, 3, 0], [4, 5, 6]]),
        ({"maxlen": 2}, [[0, 1], [2, 3], [5, 6]]),
        ({"maxlen": 2, "truncating": "post"}, [[0, 1], [2, 3], [4, 5]]),
        ({"maxlen": 4, "value": -7}, [[-7, -7, -7, 1], [-7, -7, 2, 3], [-7, 4, 5, 6]]),
        ({"maxlen": 1, "padding": "post"}, [[1], [3], [6]]),
    ],
)
def test_hand_worked(arguments, expected):
    padded = pad_sequences(ROWS, **arguments)
    assert padded.dtype == np.int32
    np.testing.assert_array_equal(padded, expected)


@given(
    rows=st.lists(st.lists(st.integers(-1000, 1000), max_size=9), min_size=1, max_size=9),
    maxlen=st.none() | st.integers(1, 12),
    padding=st.sampled_from(["pre", "post"]),
    truncating=st.sampled_from(["pre", "post"]),
    value=st.integers(-5, 5),
)
def test_each_row_is_its_kept_steps_and_padding(rows, maxlen, padding, truncating, value):
    padded = pad_sequences(rows, maxlen=maxlen, padding=padding, truncating=truncating, value=value)
    width = max(map(len, rows)) if maxlen is None else maxlen
    assert padded.shape == (len(rows), width)
    for row, got in zip(rows, padded.tolist(), strict=True):
        kept = row[max(0, len(row) - width) :] if truncating == "pre" else row[:width]
        fill = [value] * (width - len(kept))
        assert got == (fill + kept if padding == "pre" else kept + fill)


def test_steps_with_features_keep_their_shape():
    rows = [np.ones((2, 3)), [], np.full((5, 3), 2.0)]
    padded = pad_sequences(rows, maxlen=4, dtype="float32", value=0.5)
    assert padded.shape == (3, 4, 3)
    assert padded.dtype == np.float32
    np.testing.assert_array_equal(padded[0, :2], np.full((2, 3), 0.5))
    np.testing.assert_array_equal(padded[0, 2:], np.ones((2, 3)))
    np.testing.assert_array_equal(padded[1], np.full((4, 3), 0.5))
    np.testing.assert_array_equal(padded[2], np.full((4, 3), 2.0))


def test_strings_pad_into_an_object_array():
    padded = pad_sequences([["달", "별"], ["해"]], dtype=object, value="")
    assert padded.tolist() == [["달", "별"], ["", "해"]]


def test_floats_are_cut_by_an_integer_dtype_and_kept_by_a_float_dtype():
    np.testing.assert_array_equal(pad_sequences([[1.7, -1.7]]), [[1, -1]])
    np.testing.assert_array_equal(pad_sequences([[1.7, -1.7]], dtype="float64"), [[1.7, -1.7]])


def test_rows_may_be_arrays_tuples_and_an_object_array():
    rows = np.empty(2, dtype=object)
    rows[:] = [np.array([3, 4]), (5,)]
    np.testing.assert_array_equal(pad_sequences(rows), [[3, 4], [0, 5]])


def test_empty_rows_and_empty_lists():
    assert pad_sequences([[], []]).shape == (2, 0)
    assert pad_sequences([[], []], maxlen=3).tolist() == [[0, 0, 0], [0, 0, 0]]
    assert pad_sequences([], maxlen=3).shape == (0, 3)


@pytest.mark.parametrize(
    ("sequences", "arguments", "message"),
    [
        ([], {}, "maxlen must be given where sequences is empty"),
        ([[1], 2], {}, "each element of sequences must be a sequence, got 2"),
        (iter([[1]]), {}, "sequences must be a list, got list_iterator"),
        (ROWS, {"maxlen": 0}, "maxlen must be a positive integer or None, got 0"),
        (ROWS, {"maxlen": -1}, "maxlen must be a positive integer or None, got -1"),
        (ROWS, {"maxlen": 2.5}, "maxlen must be a positive integer or None, got 2.5"),
        (ROWS, {"padding": "front"}, "padding must be 'pre' or 'post', got 'front'"),
        (ROWS, {"truncating": "end"}, "truncating must be 'pre' or 'post', got 'end'"),
        (ROWS, {"value": "x"}, "value 'x' needs dtype=object, got dtype int32"),
        ([[[1, 2]], [[1, 2, 3]]], {}, r"\(2,\) at position 0, got \(3,\) at position 1"),
    ],
)
def test_bad_input_says_what_was_wrong(sequences, arguments, message):
    with pytest.raises(ValueError, match=message):
        pad_sequences(sequences, **arguments)
