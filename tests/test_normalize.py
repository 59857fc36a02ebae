"""The kernels of layer and batch normalization against float64 NumPy."""

import numpy as np
import pytest

from sunhwan import _core

SIZES = [1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 200]
EPSILON = 1e-3
# Outputs are of the size of 1; their rounding is that of x - mean, times inverse.
TOLERANCE = {"rtol": 1e-5, "atol": 1e-5}
# Sums over up to 3,000 rows of numbers of the size of 1.
SUM_TOLERANCE = {"rtol": 1e-5, "atol": 3e-4}
# A column's mean is rounded once, and that error is in each of the summed xhat alike.
BATCH_SUM_TOLERANCE = {"rtol": 1e-5, "atol": 1e-3}


def random(rng, *shape):
    return (rng.standard_normal(shape) + 0.5).astype(np.float32)


def backward(x, weights, axis, gamma, dy):
    """The gradients of x, gamma and beta, through statistics over the axis with these weights."""
    share = weights / weights.sum(axis=axis, keepdims=True)
    mean = (share * x).sum(axis=axis, keepdims=True)
    variance = (share * (x - mean) ** 2).sum(axis=axis, keepdims=True)
    inverse = 1 / np.sqrt(variance + EPSILON)
    xhat = (x - mean) * inverse
    g = dy * gamma
    through = g.sum(axis=axis, keepdims=True) + xhat * (g * xhat).sum(axis=axis, keepdims=True)
    return inverse * (g - share * through), (dy * xhat).sum(axis=0), dy.sum(axis=0)


@pytest.mark.parametrize("columns", SIZES)
@pytest.mark.parametrize("rows", [0, 1, 7, 33, 3000])
@pytest.mark.parametrize("affine", [False, True])
def test_layer_norm(rows, columns, affine):
    rng = np.random.default_rng(1)
    x, dy = random(rng, rows, columns), random(rng, rows, columns)
    gamma, beta = (random(rng, columns), random(rng, columns)) if affine else (None, None)
    y, mean, inverse = np.empty_like(x), np.empty(rows, np.float32), np.empty(rows, np.float32)
    _core.layer_norm(x, gamma, beta, EPSILON, y, mean, inverse)
    x64 = x.astype(np.float64)
    gamma64 = np.ones(columns) if gamma is None else gamma.astype(np.float64)
    exact_mean = x64.mean(axis=1)
    exact_inverse = 1 / np.sqrt(x64.var(axis=1) + EPSILON)
    exact = (x64 - exact_mean[:, None]) * exact_inverse[:, None] * gamma64
    np.testing.assert_allclose(mean, exact_mean, **TOLERANCE)
    np.testing.assert_allclose(inverse, exact_inverse, **TOLERANCE)
    np.testing.assert_allclose(y, exact if beta is None else exact + beta, **TOLERANCE)

    dx, dgamma, dbeta = np.empty_like(x), random(rng, columns), random(rng, columns)
    before = dgamma.astype(np.float64), dbeta.astype(np.float64)
    _core.layer_norm_backward(x, gamma, mean, inverse, dy, dx, dgamma, dbeta)
    expected = backward(x64, np.ones_like(x64), 1, gamma64, dy.astype(np.float64))
    np.testing.assert_allclose(dx, expected[0], rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(dgamma, before[0] + expected[1], **SUM_TOLERANCE)
    np.testing.assert_allclose(dbeta, before[1] + expected[2], **SUM_TOLERANCE)


@pytest.mark.parametrize("columns", SIZES)
@pytest.mark.parametrize("rows", [1, 7, 33, 3000])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("affine", [False, True])
def test_batch_norm(rows, columns, weighted, affine):
    rng = np.random.default_rng(2)
    x, dy = random(rng, rows, columns), random(rng, rows, columns)
    gamma = random(rng, columns) if affine else None
    weights = rng.integers(0, 5, rows).astype(np.float32) if weighted else None
    if weights is not None:
        weights[-1] = 3
    mean, variance = np.empty(columns, np.float32), np.empty(columns, np.float32)
    _core.batch_statistics(x, weights, mean, variance)
    x64, w64 = x.astype(np.float64), np.ones(rows) if weights is None else weights
    exact_mean = np.average(x64, axis=0, weights=w64)
    exact_variance = np.average((x64 - exact_mean) ** 2, axis=0, weights=w64)
    np.testing.assert_allclose(mean, exact_mean, **TOLERANCE)
    np.testing.assert_allclose(variance, exact_variance, **TOLERANCE)

    inverse = (1 / np.sqrt(variance + np.float32(EPSILON))).astype(np.float32)
    dx, dgamma, dbeta = np.empty_like(x), random(rng, columns), random(rng, columns)
    before = dgamma.astype(np.float64), dbeta.astype(np.float64)
    _core.batch_norm_backward(x, weights, mean, inverse, gamma, dy, dx, dgamma, dbeta)
    gamma64 = np.ones(columns) if gamma is None else gamma.astype(np.float64)
    expected = backward(
        x64, np.broadcast_to(w64[:, None], x.shape), 0, gamma64, dy.astype(np.float64)
    )
    np.testing.assert_allclose(dgamma, before[0] + expected[1], **BATCH_SUM_TOLERANCE)
    np.testing.assert_allclose(dbeta, before[1] + expected[2], **BATCH_SUM_TOLERANCE)
    # A column of few rows may have a tiny variance, and with it an inverse of up to 32.
    np.testing.assert_allclose(dx, expected[0], rtol=1e-4, atol=5e-4)


def test_statistics_of_no_rows_are_zero():
    mean, variance = np.ones(3, np.float32), np.ones(3, np.float32)
    _core.batch_statistics(np.empty((0, 3), np.float32), None, mean, variance)
    np.testing.assert_array_equal([mean, variance], np.zeros((2, 3)))
    mean, variance = np.ones(3, np.float32), np.ones(3, np.float32)
    _core.batch_statistics(np.ones((2, 3), np.float32), np.zeros(2, np.float32), mean, variance)
    np.testing.assert_array_equal([mean, variance], np.zeros((2, 3)))


def test_variance_of_numbers_far_from_zero():
    rng = np.random.default_rng(3)
    x = (1000 + rng.standard_normal((2000, 17))).astype(np.float32)
    mean, variance = np.empty(17, np.float32), np.empty(17, np.float32)
    _core.batch_statistics(x, None, mean, variance)
    np.testing.assert_allclose(variance, x.var(axis=0, dtype=np.float64), rtol=1e-3)


@pytest.mark.parametrize("columns", SIZES)
def test_scale_columns(columns):
    rng = np.random.default_rng(4)
    x, shift, scale, offset = random(rng, 50, columns), *random(rng, 3, columns)
    y = np.empty_like(x)
    _core.scale_columns(x, shift, scale, offset, y)
    x64 = x.astype(np.float64)
    np.testing.assert_allclose(y, (x64 - shift) * scale + offset, **TOLERANCE)
    _core.scale_columns(x, None, scale, None, x)
    np.testing.assert_allclose(x, x64 * scale, **TOLERANCE)


def test_bits_do_not_depend_on_threads(threads):
    rng = np.random.default_rng(5)
    x, dy = random(rng, 5000, 33), random(rng, 5000, 33)
    gamma, weights = random(rng, 33), random(rng, 5000) ** 2
    results = []
    for count in (1, 2, 5):
        threads(count)
        mean, variance, sums = (
            np.empty(33, np.float32),
            np.empty(33, np.float32),
            np.zeros((4, 33), np.float32),
        )
        y, dx, row_mean, row_inverse = x.copy(), dy.copy(), weights.copy(), weights.copy()
        _core.batch_statistics(x, weights, mean, variance)
        _core.batch_norm_backward(x, weights, mean, variance, gamma, dy, dx, sums[0], sums[1])
        first = dx.copy()
        _core.layer_norm(x, gamma, None, EPSILON, y, row_mean, row_inverse)
        _core.layer_norm_backward(x, gamma, row_mean, row_inverse, dy, dx, sums[2], sums[3])
        results.append([mean, variance, sums, first, y, row_mean, row_inverse, dx])
    for result in results[1:]:
        for array, expected in zip(result, results[0], strict=True):
            np.testing.assert_array_equal(array, expected)


def test_gradients_that_are_not_wanted():
    rng = np.random.default_rng(6)
    x, dy = random(rng, 9, 7), random(rng, 9, 7)
    mean, inverse = random(rng, 9), random(rng, 9)
    dgamma, other = np.zeros(7, np.float32), np.zeros(7, np.float32)
    _core.layer_norm_backward(x, None, mean, inverse, dy, None, dgamma, None)
    _core.layer_norm_backward(x, None, mean, inverse, dy, np.empty_like(x), other, other.copy())
    np.testing.assert_array_equal(dgamma, other)
    assert np.any(dgamma != 0)


def test_wrong_shapes():
    x = np.ones((4, 3), np.float32)
    with pytest.raises(ValueError, match=r"gamma must have shape \(3,\), got \(4,\)"):
        _core.layer_norm(x, np.ones(4, np.float32), None, EPSILON, x)
    three = np.ones(3, np.float32)
    with pytest.raises(ValueError, match=r"weights must have shape \(4,\), got \(3,\)"):
        _core.batch_statistics(x, three, three.copy(), three.copy())
