"""`to_categorical`."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunhwan.utils import pad_sequences, to_categorical


@given(
    shape=st.lists(st.integers(1, 4), max_size=3).map(tuple),
    classes=st.integers(1, 9),
    extra=st.integers(0, 3),
)
def test_one_at_the_class_and_nowhere_else(shape, classes, extra):
    numbers = np.random.default_rng(classes).integers(0, classes, shape)
    rows = to_categorical(numbers, classes + extra)
    shown = shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape
    assert rows.shape == (*shown, classes + extra)
    assert rows.dtype == np.float64
    np.testing.assert_array_equal(rows.argmax(-1), numbers.reshape(shown))
    np.testing.assert_array_equal(rows.sum(-1), np.ones(shown))
    assert set(np.unique(rows)) <= {0.0, 1.0}


def test_classes_are_counted_when_not_given():
    assert to_categorical([0, 4]).shape == (2, 5)
    assert to_categorical([0.0, 2.0]).tolist() == [[1, 0, 0], [0, 0, 1]]
    assert to_categorical([True, False]).tolist() == [[0, 1], [1, 0]]
    assert to_categorical([], num_classes=3).shape == (0, 3)


@pytest.mark.parametrize(
    ("x", "classes", "message"),
    [
        ([0, -1], None, r"from 0 to 0 \(num_classes=1\), got -1"),
        ([0, 3], 3, r"from 0 to 2 \(num_classes=3\), got 3"),
        ([0.5], None, "whole numbers, got 0.5"),
        ([float("nan")], None, "whole numbers, got nan"),
        (["a"], None, "x must hold numbers, got dtype <U1"),
        ([], None, "num_classes must be given where x is empty"),
        ([0], 0, "num_classes must be a positive integer, got 0"),
    ],
)
def test_bad_classes(x, classes, message):
    with pytest.raises(ValueError, match=message):
        to_categorical(x, classes)


def test_pad_sequences_is_here_too():
    assert pad_sequences([[1], [2, 3]]).tolist() == [[0, 1], [2, 3]]
