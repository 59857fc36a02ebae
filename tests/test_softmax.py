"""Softmax and its logarithm against float64 NumPy."""

import numpy as np
import pytest

from sunhwan import _core

COLUMNS = [1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 46, 1000]
ROWS = [0, 1, 3, 700]
UNIT_ROUNDOFF = 2.0**-24
SOFTMAX_TOLERANCE = 1e-6
# Differences of numbers near 1 (a probability's gradient) or near max |x| (a logarithm).
ABSOLUTE_TOLERANCE = 2e-6


def random(rng, *shape):
    return rng.standard_normal(shape).astype(np.float32)


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def roundings(x):
    """Of exp, a division, a sum of so many terms, and of x - max x, which exp makes relative."""
    return 10 + np.sqrt(x.shape[1]) + x.max(axis=1, keepdims=True) - x


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("rows", ROWS)
def test_softmax(rows, columns):
    rng = np.random.default_rng(1)
    x = 5 * random(rng, rows, columns)
    y = np.empty_like(x)
    _core.softmax(x, y)
    exact = softmax(x.astype(np.float64))
    assert np.all(np.abs(y - exact) <= roundings(x) * UNIT_ROUNDOFF * exact)
    _core.softmax(x, x)
    np.testing.assert_array_equal(x, y)


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("rows", ROWS)
def test_softmax_backward(rows, columns):
    rng = np.random.default_rng(2)
    y = softmax(random(rng, rows, columns)).astype(np.float32)
    dy, dx = random(rng, rows, columns), np.empty((rows, columns), np.float32)
    _core.softmax_backward(y, dy, dx)
    y64, dy64 = y.astype(np.float64), dy.astype(np.float64)
    exact = y64 * (dy64 - (y64 * dy64).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(dx, exact, rtol=0, atol=ABSOLUTE_TOLERANCE)
    _core.softmax_backward(y, dy, dy)
    np.testing.assert_array_equal(dy, dx)


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("rows", ROWS)
def test_log_softmax(rows, columns):
    rng = np.random.default_rng(3)
    x, dy = random(rng, rows, columns), random(rng, rows, columns)
    y, dx = np.empty_like(x), np.empty_like(x)
    exact = np.log(softmax(x.astype(np.float64)))
    _core.log_softmax(x, y)
    np.testing.assert_allclose(y, exact, rtol=0, atol=ABSOLUTE_TOLERANCE)
    _core.log_softmax_backward(y, dy, dx)
    exact = dy - np.exp(y.astype(np.float64)) * dy.sum(axis=1, keepdims=True, dtype=np.float64)
    np.testing.assert_allclose(dx, exact, rtol=SOFTMAX_TOLERANCE, atol=5e-6)


def test_log_softmax_is_finite_where_softmax_is_zero():
    y = np.empty((1, 2), np.float32)
    _core.log_softmax(np.array([[0.0, 500.0]], np.float32), y)
    np.testing.assert_array_equal(y, [[-500.0, 0.0]])


def test_large_infinite_and_missing_numbers():
    x = np.array(
        [
            [3e38, 3e38, -3e38],
            [-np.inf, 1.0, 1.0],
            [np.inf, 1.0, 2.0],
            [np.nan, 1.0, 2.0],
            [-3e38, -3e38, -3e38],
        ],
        np.float32,
    )
    y = np.empty_like(x)
    _core.softmax(x, y)
    np.testing.assert_allclose(y[0], [0.5, 0.5, 0.0])
    np.testing.assert_allclose(y[1], [0.0, 0.5, 0.5])
    assert np.isnan(y[2]).any()
    assert np.isnan(y[3]).all()
    np.testing.assert_allclose(y[4], np.full(3, 1 / 3), rtol=SOFTMAX_TOLERANCE)


def test_wrong_shapes():
    x = np.ones((2, 3), np.float32)
    with pytest.raises(ValueError, match=r"y must have the shape of x, \(2, 3\), got \(3, 2\)"):
        _core.softmax(x, np.empty((3, 2), np.float32))
    with pytest.raises(ValueError, match=r"dx must have the shape of y"):
        _core.softmax_backward(x, x, np.empty((2, 2), np.float32))
