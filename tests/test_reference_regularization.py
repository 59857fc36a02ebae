"""The reference's regularizers and constraints: by hand and by differences."""

import numpy as np
import pytest
import reference
from reference import assert_close, directional_check

ROUNDING = 1e-13  # the same float64 numbers in another order


def normal(seed, *shapes):
    random = np.random.default_rng(seed)
    return [random.standard_normal(shape) for shape in shapes]


@pytest.mark.parametrize(
    "regularizer",
    [
        lambda w: reference.l1_l2(w, 0.3, 0.0),
        lambda w: reference.l1_l2(w, 0.0, 0.7),
        lambda w: reference.l1_l2(w, 0.2, 0.4),
        lambda w: reference.orthogonal(w, 0.5, "rows"),
        lambda w: reference.orthogonal(w, 0.5, "columns"),
    ],
)
def test_regularizer_gradients(regularizer):
    directional_check(
        lambda w: regularizer(w)[0],
        lambda w: {"w": regularizer(w)[1]},
        {"w": normal(21, (7, 9))[0]},
        seed=1,
    )


def test_regularizers_by_hand():
    value, gradient = reference.l1_l2(np.array([3.0, -2.0, 0.0]), 0.1, 0.01)
    assert_close(np.array(value), np.array(0.1 * 5 + 0.01 * 13), ROUNDING)
    assert_close(gradient, np.array([0.16, -0.14, 0.0]), ROUNDING)
    value, _ = reference.orthogonal(np.array([[1.0, 0.0], [3.0, 4.0]]), 0.5)
    assert_close(np.array(value), np.array(0.5 * 0.6), ROUNDING)


def test_constraints_by_hand():
    w = np.array([[3.0, 0.3], [4.0, -0.4]])  # columns of length 5 and 0.5
    small = 1e-6  # Keras adds 1e-7 to each length
    assert_close(reference.max_norm(w, 2.0), np.array([[1.2, 0.3], [1.6, -0.4]]), small)
    assert_close(reference.unit_norm(w), np.array([[0.6, 0.6], [0.8, -0.8]]), small)
    assert_close(reference.non_negative(w), np.array([[3.0, 0.3], [4.0, 0.0]]), ROUNDING)
    between = reference.min_max_norm(w, 1.0, 2.0, rate=0.5)  # lengths 3.5 and 0.75
    assert_close(between, np.array([[2.1, 0.45], [2.8, -0.6]]), small)
    rows = reference.max_norm(w, 1.0, axis=1)
    assert_close(np.sqrt((rows**2).sum(axis=1)), np.ones(2), small)
